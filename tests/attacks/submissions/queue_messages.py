"""Must not make a message queue that outlives it."""

import ctypes


def attack():
    return ctypes.CDLL(None).msgget(0x7A12, 0o1600) >= 0
