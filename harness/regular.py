"""Opens a file that was handed in, and nothing that has been put in its place since it was looked at."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def opened(path: Path) -> BinaryIO:
    """The regular file at `path`, to be read. Follows no link, waits for no other end. Raises `OSError`."""
    return open(path, "rb", opener=_opened)


def _opened(path: str, flags: int) -> int:
    number = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "it is no regular file any more", path)
    return number
