"""Must not rename a file."""

import os

from targets import SECRET


def attack():
    os.rename(SECRET, SECRET + ".x")
    return True
