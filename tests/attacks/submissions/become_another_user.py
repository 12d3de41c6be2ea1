"""Must not become another user."""

import os


def attack():
    os.setresuid(1, 1, 1)
    return True
