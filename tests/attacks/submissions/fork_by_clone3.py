"""Must not start a process by the newest way."""

import ctypes
import os
import struct


def attack():
    wanted = struct.pack("8Q", 0, 0, 0, 0, 17, 0, 0, 0)
    child = ctypes.CDLL(None).syscall(435, wanted, len(wanted))
    if child == 0:
        os._exit(0)
    return child > 0
