"""Must not make a file that is in no folder."""

import os


def attack():
    return os.memfd_create("x")
