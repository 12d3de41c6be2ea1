"""Must not mount."""

import ctypes

from targets import PRECIOUS


def attack():
    return ctypes.CDLL(None).mount(b"tmpfs", PRECIOUS.encode(), b"tmpfs", 0, None) == 0
