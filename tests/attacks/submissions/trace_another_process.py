"""Must not trace another process."""

import ctypes

from targets import BYSTANDER


def attack():
    libc = ctypes.CDLL(None)
    libc.ptrace.argtypes = [ctypes.c_long] * 4
    return libc.ptrace(16, BYSTANDER, 0, 0) == 0
