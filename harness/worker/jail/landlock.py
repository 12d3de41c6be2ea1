"""The file system as a process may see it from now on (Landlock, Linux 5.13 and later).

What is not listed cannot be opened, made, moved or removed. It can still be looked at from outside (`os.stat`): names
and sizes are no secret at this layer.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Sequence

from harness.worker.jail import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""System call numbers; the same on every architecture."""
ASK_VERSION = 1
BENEATH = 1

WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
REMOVE, MAKE_DIR, MAKE_FILE, MAKE_LINK, REFER = 1 << 4 | 1 << 5, 1 << 7, 1 << 8, 1 << 12, 1 << 13
READ = READ_FILE | READ_DIR
CHANGE = WRITE_FILE | TRUNCATE | REMOVE | MAKE_DIR | MAKE_FILE | MAKE_LINK | REFER
FILES_ALONE = WRITE_FILE | READ_FILE | TRUNCATE | 1 << 0
KNOWN_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""Rights to files that each version of Landlock handles: the lowest so many bits."""
TCP, SCOPES = 0b11, 0b11
"""Every right to TCP ports; abstract unix sockets and signals, kept inside."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("descriptor", ctypes.c_int32))


def version() -> int:
    """The version of Landlock's interface. Raises `kernel.Refused` where there is none."""
    return kernel.syscall("Landlock", CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(ASK_VERSION))


def restrict(readable: Sequence[str], writable: Sequence[str], listable: Sequence[str] = ()) -> None:
    """Allow nothing but reading below `readable`, listing below `listable`, and anything below `writable`.

    A path that is not there is passed over. A device in `writable` can be written to, and no more.
    """
    known = version()
    handled = (1 << KNOWN_FILE_RIGHTS.get(known, 16)) - 1
    attributes = _Ruleset(handled, TCP if known >= 4 else 0, SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = kernel.syscall(
        "a Landlock ruleset", CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    try:
        for paths, rights in ((readable, READ), (listable, READ_DIR), (writable, READ | CHANGE)):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        kernel.syscall("Landlock", RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this machine, or not readable anyway
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= FILES_ALONE
        rule = _Rule(rights, descriptor)
        kernel.syscall(
            f"a Landlock rule for {path}",
            ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(descriptor)
