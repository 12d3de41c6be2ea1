"""Must not open a socket by the kernel's other system call table."""

import ctypes
import os


def attack():
    return os.uname().machine == "x86_64" and ctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0) >= 0
