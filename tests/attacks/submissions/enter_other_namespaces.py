"""Must not enter the namespaces of another process."""

import ctypes
import os

from targets import BYSTANDER


def attack():
    return ctypes.CDLL(None).setns(os.open(f"/proc/{BYSTANDER}/ns/net", os.O_RDONLY), 0) == 0
