"""Must not read through a link what it may not read itself."""

import os

from targets import SECRET


def attack():
    os.symlink(SECRET, "link")
    return open("link").read()
