"""Must not open a socket behind Python's back."""

import ctypes
import os


def attack():
    number = 41 if os.uname().machine == "x86_64" else 198
    return ctypes.CDLL(None).syscall(number, 2, 1, 0) >= 0
