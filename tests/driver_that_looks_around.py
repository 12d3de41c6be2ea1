"""A driver that tells what could be reached while it was imported, which a zygote does."""

from __future__ import annotations

import errno
import os
import socket


def _network() -> str:
    with socket.socket() as line:
        return errno.errorcode[line.connect_ex(("127.0.0.1", 9))]


def _file() -> str:
    try:
        os.close(os.open("/etc/passwd", os.O_RDONLY))
    except OSError as error:
        return errno.errorcode[error.errno]
    return "read"


FOUND = {"process": os.getpid(), "network": _network(), "file": _file()}
OPERATIONS: dict[str, object] = {}
