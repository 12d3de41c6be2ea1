"""Must not read with a system call what `open` refuses."""

import ctypes
import os

from targets import SECRET


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.syscall(257 if os.uname().machine == "x86_64" else 56, -100, SECRET.encode(), 0, 0)
    return descriptor >= 0 and os.read(descriptor, 100)
