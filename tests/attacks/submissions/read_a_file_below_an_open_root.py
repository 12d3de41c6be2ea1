"""Must not get at files through an open folder."""

import os

from targets import SECRET


def attack():
    root = os.open("/", os.O_PATH)
    return os.read(os.open(SECRET.lstrip("/"), os.O_RDONLY, dir_fd=root), 100)
