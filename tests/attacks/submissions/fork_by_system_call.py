"""Must not start a process behind Python's back."""

import ctypes
import os


def attack():
    number = os.uname().machine == "x86_64" and 57
    child = ctypes.CDLL(None).syscall(number, 0) if number else -1
    if child == 0:
        os._exit(0)
    return child > 0
