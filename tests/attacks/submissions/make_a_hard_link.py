"""Must not give a file another name."""

import os

from targets import SECRET, PRECIOUS


def attack():
    os.link(SECRET, PRECIOUS + "/hard")
    return True
