"""A machine of its own: a small file system, no network, no other processes (Linux namespaces).

Root makes them as root and goes on as nobody; anyone else makes a user namespace first.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
from collections.abc import Sequence
from typing import NoReturn

from harness.worker.jail import kernel
from harness.worker.jail.numbers import AARCH64, X86_64
from harness.worker.jail.places import DEVICES, SCRATCH, SUBMISSION

MOUNTS, HOST_NAME, IPC, USER, PROCESSES, NETWORK = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
EVERYTHING = MOUNTS | HOST_NAME | IPC | PROCESSES | NETWORK

READ_ONLY, NO_SETUID, NO_DEVICES, NO_EXEC, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 4096, 16384, 1 << 18
DETACH = 2
MOUNT_SETATTR = 442
HERE, EMPTY_PATH, WHOLE_TREE = -100, 0x1000, 0x8000
NOBODY = 65534


class Room:
    """What the new file system is made of: folders of the machine, read-only, and what in them is covered."""

    def __init__(self, root: str, submission: str, folders: Sequence[str], hidden: Sequence[str]) -> None:
        self.root, self.submission, self.folders, self.hidden = root, submission, folders, hidden

    def build(self, disk: int, files: int) -> None:
        """Put everything at its place below `root`, and make that the root."""
        os.umask(0o022)  # folders made here are for nobody to read
        kernel.mount("", "/", flags=RECURSIVE | PRIVATE)
        kernel.mount("tmpfs", self.root, "tmpfs", NO_SETUID, "size=1m,mode=755")
        self._tmpfs(SCRATCH, f"size={disk},nr_inodes={files},mode=1777")
        for path in sorted({*self.folders, *self.hidden}):  # a folder comes before what lies in it
            if path in self.hidden:
                self._tmpfs(path, "size=1m,mode=755")
            else:
                self._bind(path, path)
        self._bind(self.submission, SUBMISSION)
        for device in DEVICES:
            self._place(device, folder=False)
        self._processes()
        _change(self.root, READ_ONLY | NO_SETUID | NO_DEVICES, 0, WHOLE_TREE)
        _change(self.root + SCRATCH, 0, READ_ONLY, 0)
        for device in DEVICES:
            self._bind(device, device)
        self._enter()

    def _place(self, path: str, folder: bool) -> str:
        """The path below the new root, made if it is not there."""
        place = self.root + path
        if folder:
            os.makedirs(place, 0o755, exist_ok=True)
        elif not os.path.exists(place):
            os.makedirs(os.path.dirname(place), 0o755, exist_ok=True)
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
        return place

    def _bind(self, source: str, path: str) -> None:
        if os.path.exists(source):
            kernel.mount(source, self._place(path, os.path.isdir(source)), flags=BIND | RECURSIVE)

    def _tmpfs(self, path: str, options: str) -> None:
        kernel.mount("tmpfs", self._place(path, folder=True), "tmpfs", NO_SETUID | NO_DEVICES, options)

    def _processes(self) -> None:
        """The list of the room's own processes. Containers often forbid it; then there is none."""
        with contextlib.suppress(kernel.Refused):
            kernel.mount("proc", self._place("/proc", folder=True), "proc", NO_SETUID | NO_DEVICES | NO_EXEC)

    def _enter(self) -> None:
        os.chdir(self.root)
        number = {"x86_64": X86_64, "aarch64": AARCH64}[os.uname().machine]["pivot_root"]
        kernel.syscall("the new root", number, ctypes.c_char_p(b"."), ctypes.c_char_p(b"."))
        kernel.unmount(".", DETACH)
        os.chdir(SCRATCH)


def _change(path: str, on: int, off: int, flags: int) -> None:
    """Change how a mounted file system may be used."""
    wanted = struct.pack("QQQQ", on, off, 0, 0)
    kernel.syscall(
        f"making {path} read-only",
        MOUNT_SETATTR,
        ctypes.c_int(HERE),
        ctypes.c_char_p(path.encode()),
        ctypes.c_uint(flags),
        ctypes.c_char_p(wanted),
        ctypes.c_size_t(len(wanted)),
    )


def enter(room: Room, disk: int, files: int, processes: int, channel: int) -> int:
    """Go on in new namespaces, as a new process; its number on the outside. The old process waits, and ends like it.

    `channel` stays open in the new process alone.
    """
    privileged = os.geteuid() == 0
    if privileged:
        kernel.unshare(EVERYTHING)
    else:
        _new_user(EVERYTHING, os.getuid(), os.getgid())
    watching, held = os.pipe()  # closed by the end of whoever holds it
    first = os.fork()  # a first process, whose only task is to be there: the kernel shields it from signals
    if first == 0:
        os.close(held)
        _idle(watching)
    os.close(watching)
    number = os.fork()
    if number:
        os.close(channel)
        _follow(number)
    os.close(held)
    kernel.die_with_parent()
    number = int(os.readlink("/proc/self"))
    room.build(disk, files)
    if not privileged or _become_nobody():
        _limit_processes(processes)
    return number


def leave_the_network() -> None:
    """Go on without a network, and without what other processes share with this one by name."""
    alone = HOST_NAME | IPC | NETWORK
    if os.geteuid() == 0:
        kernel.unshare(alone)
    else:
        _new_user(alone, os.getuid(), os.getgid())


def _new_user(flags: int, user: int, group: int) -> None:
    kernel.unshare(USER | flags)
    for file, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{file}", "w") as map_file:
            map_file.write(text)


def _become_nobody() -> bool:
    """Go on as another user than root; whether that user's processes are counted here alone."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    kernel.prctl("dumpable", kernel.DUMPABLE, 1)  # else /proc/self belongs to root
    kernel.die_with_parent()  # forgotten when the user changed
    try:
        _new_user(0, NOBODY, NOBODY)
    except OSError:  # no user namespaces, or no /proc to describe this one in
        return False
    return True


def _limit_processes(most: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _idle(watching: int) -> NoReturn:
    """Be there as long as the old process, and no longer: all others in the namespace are ended with this one.

    Had the old process ended before it could be followed, nothing else would tell: from in here it has no number.
    """
    kernel.die_with_parent()
    os.dup2(watching, 0)
    os.closerange(1, 256)
    os.read(0, 1)
    os._exit(0)


def _follow(number: int) -> NoReturn:
    """Wait for the worker and end as it does: by the same signal, or with the same code."""
    _, status = os.waitpid(number, 0)
    if os.WIFSIGNALED(status):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
