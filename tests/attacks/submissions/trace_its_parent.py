"""Must not stop and steer the process it was forked from."""

import ctypes
import os

SEIZE, DETACH = 0x4206, 17


def attack():
    library, parent = ctypes.CDLL(None), os.getppid()
    traced = bool(parent) and library.ptrace(SEIZE, parent, None, None) == 0
    if traced:
        library.ptrace(DETACH, parent, None, None)
    return traced
