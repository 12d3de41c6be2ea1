"""Linux system calls that the standard library lacks, each refusal as an error that names the step."""

from __future__ import annotations

import ctypes
import errno
import os
import signal

_libc = ctypes.CDLL(None, use_errno=True)

NO_NEW_PRIVS, SECCOMP, DIE_WITH_PARENT, DUMPABLE = 38, 22, 1, 4
"""Options of prctl(2)."""
CAPABILITY_VERSION = 0x20080522


class Refused(OSError):
    """The kernel, or whatever this process runs in, does not allow one step."""


def check(result: int, step: str) -> int:
    """`result` of a call of the C library. Raises `Refused`, naming `step`, when it is negative."""
    if result < 0:
        number = ctypes.get_errno()
        raise Refused(number, f"{step}: {os.strerror(number)} ({errno.errorcode.get(number, number)})")
    return result


def syscall(step: str, number: int, *arguments: object) -> int:
    """A system call by its number."""
    return check(_libc.syscall(ctypes.c_long(number), *arguments), step)


def prctl(step: str, option: int, *arguments: int) -> int:
    """`prctl(2)` with numbers for arguments."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return check(_libc.prctl(option, *map(ctypes.c_ulong, padded)), step)


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags`."""
    check(_libc.unshare(flags), "new namespaces")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """`mount(2)`; empty text means none."""
    texts = [text.encode() or None for text in (source, target, kind)]
    done = _libc.mount(*texts, ctypes.c_ulong(flags), options.encode() or None)
    check(done, f"mounting {kind or source or 'nothing'} on {target}")


def unmount(target: str, flags: int) -> None:
    """`umount2(2)`."""
    check(_libc.umount2(target.encode(), flags), f"unmounting {target}")


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends; forgotten when the user changes."""
    prctl("dying with the parent", DIE_WITH_PARENT, signal.SIGKILL)


def drop_capabilities() -> None:
    """Keep no privilege that root has besides owning files; without exec(2) none of them comes back."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "dropping capabilities")


def forbid_new_privileges() -> None:
    """Neither set-user-id files nor anything else gives this process more than it has."""
    prctl("no new privileges", NO_NEW_PRIVS, 1)
