"""Must not change the times of a file."""

import os

from targets import SECRET


def attack():
    os.utime(SECRET, (0, 0))
    return True
