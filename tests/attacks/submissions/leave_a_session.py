"""Must not leave the group in which it is ended."""

import os


def attack():
    os.setpgid(0, 0)
    return True
