"""Must not lift what forbids it new privileges."""

import ctypes


def attack():
    return ctypes.CDLL(None).prctl(1, 0, 0, 0, 0) == 0 or ctypes.CDLL(None).prctl(22, 0, 0, 0, 0) == 0
