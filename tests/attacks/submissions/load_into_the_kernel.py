"""Must not load a program into the kernel."""

import ctypes
import os


def attack():
    return ctypes.CDLL(None).syscall(321 if os.uname().machine == 'x86_64' else 280, 0, ctypes.create_string_buffer(72), 72) >= 0
