"""Must not make a symbolic link."""

import os

from targets import PRECIOUS


def attack():
    os.symlink("/", PRECIOUS + "/link")
    return True
