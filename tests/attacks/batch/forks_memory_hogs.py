"""Must not take, with many processes, more memory than one may have."""

import os
import time


def strike():
    for _ in range(16):
        if not os.fork():
            held = bytearray(100 << 20)
            held[::4096] = b"x" * len(held[::4096])
            time.sleep(600)
            os._exit(0)
    time.sleep(600)
