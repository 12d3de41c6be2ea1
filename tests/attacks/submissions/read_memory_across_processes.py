"""Must not copy the memory of another process."""

import ctypes

from targets import BYSTANDER


def attack():
    class Piece(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
    for line in open(f"/proc/{BYSTANDER}/maps"):
        start = int(line.split("-")[0], 16)
        buffer = ctypes.create_string_buffer(16)
        mine, theirs = Piece(ctypes.addressof(buffer), 16), Piece(start, 16)
        libc = ctypes.CDLL(None)
        return libc.process_vm_readv(BYSTANDER, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) == 16
    return None
