"""Must not change the permissions of a file."""

import os

from targets import SECRET


def attack():
    os.chmod(SECRET, 0o777)
    return True
