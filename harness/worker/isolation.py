"""How far student code can be kept apart on this machine: three levels, tried before they are believed."""

from __future__ import annotations

import functools
import re
import signal
import subprocess
import sys
from typing import Literal

from harness.assignments.contract import Limits
from harness.worker import cgroup, launch
from harness.worker.folders import Folder

Level = Literal["full", "restricted", "process"]
LAYERS: dict[Level, tuple[str, ...]] = {
    "full": ("namespaces", "landlock", "seccomp"),
    "restricted": ("landlock", "seccomp"),
    "process": (),
}
"""The levels, the strongest first, and the layers each is made of."""
STRONGEST = "strongest"
"""Asks for whatever there is, a plain process included."""
PATIENCE = 60
"""Seconds that a trial may take on a machine with much else to do."""


KILLED = "a trial of it was killed from outside"

ADVICE: dict[Level, str] = {
    "full": "it needs Linux 5.13 or later and user namespaces (or root with CAP_SYS_ADMIN): in a container, "
    "`docker run --privileged` or a runtime that allows them; on Ubuntu 24.04 and later, "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`",
    "restricted": "it needs Linux 5.13 or later with Landlock (`lsm=landlock,…` among the kernel's parameters) and "
    "seccomp, on x86_64 or aarch64",
    "process": "",
}
"""How to get what is missing."""


class Unavailable(Exception):
    """This machine does not offer the level that was asked for."""


def strongest() -> Level:
    """The strongest level this machine offers."""
    return next(level for level in LAYERS if not missing(level))


def chosen(wanted: str, other_peoples_code: bool) -> Level:
    """The level for what a person asked for: its name, `strongest`, or nothing at all.

    Raises `Unavailable` where it cannot be had, and where other people's code would run at level `process` though
    nobody said that it may.
    """
    cgroup.missing()  # before there are graders: where they have to move aside for it, all of them do
    level = reached(wanted)
    if level == "process" and other_peoples_code and not wanted:
        raise Unavailable(
            f"this machine offers no jail for other people's code ({missing('restricted')}): it could read your files "
            "and use the network; --isolation process grades all the same, `harness doctor` says what is missing"
        )
    return level


def reached(wanted: str) -> Level:
    """The level to work at: the one that is wanted, or the strongest for "" and `strongest`. Raises `Unavailable`."""
    if wanted in ("", STRONGEST):
        return strongest()
    level = next((level for level in LAYERS if level == wanted), None)
    if level is None:
        raise Unavailable(f"there is no isolation level {wanted!r}; expected {', '.join(LAYERS)} or {STRONGEST}")
    if reason := missing(level):
        raise Unavailable(f"isolation level {level!r} cannot be had here: {reason}; {ADVICE[level]}")
    return level


@functools.cache
def missing(level: Level) -> str:
    """What keeps this machine from offering `level`; empty when it does."""
    return trial(LAYERS[level]) if LAYERS[level] else ""


@functools.cache
def trial(layers: tuple[str, ...]) -> str:
    """Put a process behind these layers and have it try to get out: what went wrong, empty if nothing did.

    A trial that somebody kills says nothing about the machine, and is made once more.
    """
    if sys.platform != "linux":
        return f"it needs Linux, and this is {sys.platform}"
    said = _tried(layers)
    return _tried(layers) if said == KILLED else said


def _tried(layers: tuple[str, ...]) -> str:
    with Folder() as folder:
        outside = folder / "outside"
        outside.write_text("out of reach")
        (folder / "submission").mkdir()
        jail = launch.Jail(layers, trial=str(outside))
        with open("/dev/null", "rb") as nothing:
            process = launch.start([nothing.fileno()] * 2, folder, "numpy", (), Limits(), jail)
        try:
            said, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return f"a trial of it did not end within {PATIENCE} s"
    if process.returncode == -signal.SIGKILL:
        return KILLED
    lines = said.decode(errors="replace").strip().splitlines()
    if process.returncode:
        return (
            re.sub(r"^.*Refused: (\[Errno \d+\] )?", "", lines[-1])
            if lines
            else f"a trial of it ended with {process.returncode}"
        )
    return ""
