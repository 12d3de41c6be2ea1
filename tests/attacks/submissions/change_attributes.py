"""Must not set an attribute of a file."""

import os

from targets import SECRET


def attack():
    os.setxattr(SECRET, "user.x", b"x")
    return True
