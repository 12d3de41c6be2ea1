"""Must not remove a file."""

import os

from targets import SECRET


def attack():
    os.unlink(SECRET)
    return True
