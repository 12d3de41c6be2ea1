"""Must not take a descriptor from another process."""

import ctypes
import os

from targets import BYSTANDER


def attack():
    return ctypes.CDLL(None).syscall(438, os.pidfd_open(BYSTANDER), 1, 0) >= 0
