"""Must not make a folder."""

import os

from targets import PRECIOUS


def attack():
    os.mkdir(PRECIOUS + "/folder")
    return True
