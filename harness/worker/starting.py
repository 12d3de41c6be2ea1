"""Where a worker comes from: a zygote where the platform has fork and one thread, a fresh interpreter elsewhere.

The verdicts are the same. A zygote is started when the first worker of its kind is wanted, kept as long as the grader
lives, and replaced when it is lost.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Protocol

from harness.assignments import registry
from harness.assignments.contract import Assignment, Limits
from harness.worker import launch
from harness.worker.isolation import LAYERS
from harness.worker.zygote import Lost, Zygote

MOST = 3
"""Zygotes of one grader; beyond that, those that have no worker are ended, the oldest first."""
TRIES = 2
"""Zygotes that may be lost over one worker. Who loses so many gets no more."""

Kind = tuple[str, tuple[str, ...], tuple[str, ...], str]
"""An array library, drivers, the layers of a jail, and where temporary folders are made."""

_zygotes: dict[Kind, Zygote] = {}
_hopeless: set[Kind] = set()


class Process(Protocol):
    """A worker's process."""

    pid: int
    stdout: IO[bytes] | None

    def kill(self) -> None:
        """End it, unless it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """How it ended. Raises `subprocess.TimeoutExpired`."""


def start(
    given: Sequence[int], folder: Path, library: str, drivers: Sequence[str], limits: Limits, jail: launch.Jail
) -> tuple[Process, socket.socket]:
    """A worker in `folder` (see `launch.start`; `given` what comes after the channel), and the channel to it."""
    kind = (library, tuple(drivers), jail.layers, tempfile.gettempdir())
    told = launch.told(folder, library, drivers, limits, jail)
    for _ in range(TRIES if _possible(kind) else 0):
        with contextlib.suppress(Lost, OSError):
            return _connected(lambda theirs: _zygote(kind).worker(told, [theirs, *given]))
    if _possible(kind):
        _hopeless.add(kind)
    return _connected(lambda theirs: launch.start([theirs, *given], folder, library, drivers, limits, jail))


def _connected(started: Callable[[int], Process]) -> tuple[Process, socket.socket]:
    """What is started with one end of a new channel, and the other end: one that was lost may have spoken already."""
    channel, theirs = socket.socketpair()
    try:
        with theirs:
            return started(theirs.fileno()), channel
    except BaseException:
        channel.close()
        raise


def prepare(assignment: Assignment, level: str) -> None:
    """Have a zygote warm itself for this assignment's workers while the grader does something else."""
    if level in LAYERS:
        kind = (assignment.library, drivers_of(assignment), LAYERS[level], tempfile.gettempdir())
        with contextlib.suppress(OSError):  # it is tried again when a worker is wanted
            _zygote(kind) if _possible(kind) else None


def drivers_of(assignment: Assignment) -> tuple[str, ...]:
    """The assignment's driver, and the modules it builds on."""
    return (registry.folders()[assignment.id] + ".driver", *assignment.driver_modules)


def _possible(kind: Kind) -> bool:
    """Whether to try. On macOS, what numpy computes with (Accelerate) must not be used after a fork."""
    able = sys.platform == "linux" and hasattr(os, "pidfd_open")
    return able and os.environ.get("HARNESS_ZYGOTES") != "0" and kind not in _hopeless


def _zygote(kind: Kind) -> Zygote:
    zygote = _zygotes.get(kind)
    if zygote is None or not zygote.alive:
        _make_room()
        zygote = _zygotes[kind] = Zygote(*kind)
    return zygote


def _make_room() -> None:
    idle = [kind for kind, zygote in _zygotes.items() if not zygote.workers]
    for kind in idle[: max(len(_zygotes) - MOST + 1, 0)]:
        _zygotes.pop(kind).end()


def end_all() -> None:
    """End every zygote of this process."""
    while _zygotes:
        _zygotes.popitem()[1].end()


def _let_go() -> None:
    while _zygotes:
        _zygotes.popitem()[1].let_go()


atexit.register(end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
