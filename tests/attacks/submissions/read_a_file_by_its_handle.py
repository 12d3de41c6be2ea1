"""Must not open a file by its handle, as root can."""

import ctypes
import os
import struct

from targets import SECRET


def attack():
    libc, handle = ctypes.CDLL(None, use_errno=True), ctypes.create_string_buffer(140)
    ctypes.memmove(handle, struct.pack("I", 128), 4)
    mount = ctypes.c_int()
    if libc.name_to_handle_at(-100, SECRET.encode(), handle, ctypes.byref(mount), 0):
        return False
    folder = os.open("/", os.O_RDONLY)
    descriptor = libc.open_by_handle_at(folder, handle, 0)
    return descriptor >= 0 and os.read(descriptor, 100)
