"""Must not keep a key in the kernel."""

import ctypes
import os


def attack():
    return ctypes.CDLL(None).syscall(248 if os.uname().machine == 'x86_64' else 217, b'user', b'x', b'x', 1, -3) >= 0
