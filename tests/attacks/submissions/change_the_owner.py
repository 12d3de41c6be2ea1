"""Must not change the owner of a file."""

import os

from targets import SECRET


def attack():
    os.chown(SECRET, os.getuid(), os.getgid())
    return True
