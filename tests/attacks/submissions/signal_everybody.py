"""Must not send all processes a signal."""

import os


def attack():
    os.kill(-1, 0)
    return True
