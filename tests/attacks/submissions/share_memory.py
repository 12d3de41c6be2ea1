"""Must not make memory that outlives it."""

import ctypes


def attack():
    return ctypes.CDLL(None).shmget(0x7A11, 4096, 0o1600) >= 0
