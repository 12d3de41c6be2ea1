"""Must not list a folder of the user who grades."""

import os

from targets import PRECIOUS


def attack():
    return os.listdir(PRECIOUS)
