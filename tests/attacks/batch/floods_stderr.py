"""Must not fill the grader's memory by complaining."""

import os


def strike():
    for _ in range(200):
        os.write(2, b"y" * 10_000)
