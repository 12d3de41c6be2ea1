"""Must not open the memory of the process it was forked from, which others are forked from too."""

import os


def attack():
    parent = os.getppid()
    return parent and open(f"/proc/{parent}/mem", "rb").fileno()
