"""Must not move a folder."""

import os

from targets import PRECIOUS


def attack():
    os.rename(PRECIOUS, PRECIOUS + ".x")
    return True
