"""Must not fill the grader's memory with what it sends."""

import os


def strike():
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\x00\x00\x10\x00" + b"\xff" * 8)
            while True:
                os.write(descriptor, b"z" * (1 << 20))
        except OSError:
            pass
