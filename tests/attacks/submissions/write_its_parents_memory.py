"""Must not change the process it was forked from."""

import os


def attack():
    parent = os.getppid()
    return parent and open(f"/proc/{parent}/mem", "r+b").fileno()
