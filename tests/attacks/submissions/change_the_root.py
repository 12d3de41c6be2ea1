"""Must not change the root."""

import os


def attack():
    os.chroot("/")
    return True
