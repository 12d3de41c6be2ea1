"""Must not cut a file short."""

import os

from targets import SECRET


def attack():
    os.truncate(SECRET, 0)
    return True
