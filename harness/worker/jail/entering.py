"""Puts this process into its jail, before a student's code is opened; and a zygote as near to one as can be."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from harness.worker.jail import kernel, landlock, namespaces, places, seccomp


def enter(jail: dict[str, Any], channel: int) -> int:
    """Apply the layers that `jail` names, the widest first; this process's number as its parent knows it.

    Raises `kernel.Refused` where one of them cannot be had. `channel` is the worker's only connection.
    """
    layers, number = jail["layers"], os.getpid()
    _follow(jail["parent"])
    own_files = "namespaces" in layers
    if own_files:
        room = namespaces.Room(jail["root"], jail["submission"], jail["folders"], jail["hidden"])
        number = namespaces.enter(room, jail["disk"], jail["files"], jail["processes"], channel)
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()
    if "landlock" in layers:
        submission = places.SUBMISSION if own_files else jail["submission"]
        writable = [places.SCRATCH] if own_files else []
        readable = [*jail["readable"], submission, f"/proc/{os.getpid()}", *places.DEVICES]
        landlock.restrict(readable, [*writable, "/dev/null"], jail["listable"])
    if "seccomp" in layers:
        seccomp.install(own_files)
    return number


def hold(jail: dict[str, Any]) -> None:
    """Confine a zygote, which runs nothing of a student's: as far as its workers can still enter their own jails.

    Where workers make a file system of their own, which Landlock would forbid, there is no network; elsewhere it can
    read no more than all of them may, and the folders they sit in. Of system calls it keeps what makes a jail.
    """
    kernel.forbid_new_privileges()
    if "namespaces" in jail["layers"]:
        with contextlib.suppress(OSError):  # some machines allow but one inside another
            namespaces.leave_the_network()
    elif "landlock" in jail["layers"]:
        landlock.restrict([*jail["readable"], "/proc", *places.DEVICES], ["/dev/null"], jail["listable"])
    if "seccomp" in jail["layers"]:
        seccomp.install_for_a_zygote()


def _follow(parent: int) -> None:
    """End when the grader does, however it ends; 0 where a thread of it is the parent, that may end before it."""
    if parent:
        kernel.die_with_parent()
        if os.getppid() != parent:
            sys.exit("the grader has ended")
