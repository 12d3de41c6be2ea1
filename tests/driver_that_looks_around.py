"""A driver that tells what could be reached while it was imported, which a zygote does."""

from __future__ import annotations

import errno
import os
import socket


def _network() -> str:
    try:
        with socket.socket() as line:
            return errno.errorcode[line.connect_ex(("127.0.0.1", 9))]
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def _program() -> str:
    try:
        os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "ran"


def _file() -> str:
    try:
        os.close(os.open("/etc/passwd", os.O_RDONLY))
    except OSError as error:
        return errno.errorcode[error.errno]
    return "read"


FOUND = {"process": os.getpid(), "network": _network(), "file": _file(), "program": _program()}
OPERATIONS: dict[str, object] = {}
