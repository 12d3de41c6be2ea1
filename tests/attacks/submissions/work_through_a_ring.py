"""Must not have the kernel work through an io_uring, past the filter."""

import ctypes


def attack():
    return ctypes.CDLL(None).syscall(425, 4, ctypes.create_string_buffer(120)) >= 0
