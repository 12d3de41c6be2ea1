"""Where a worker comes from: a zygote where the platform has fork and one thread, a fresh interpreter elsewhere.

The verdicts are the same. A zygote is started when the first worker of its kind is wanted, kept as long as the grader
lives, and replaced when it is lost.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol

from harness.assignments.contract import Limits
from harness.worker import launch
from harness.worker.zygote import Lost, Zygote

MOST = 3
"""Zygotes of one grader; beyond that, those that have no worker are ended, the oldest first."""
TRIES = 2
"""Zygotes that may be lost over one worker. Who loses so many gets no more."""

Kind = tuple[str, tuple[str, ...], tuple[str, ...]]
"""An array library, drivers, and the layers of a jail."""

_zygotes: dict[Kind, Zygote] = {}
_hopeless: set[Kind] = set()


class Process(Protocol):
    """A worker's process."""

    pid: int
    stdout: IO[bytes] | None

    def wait(self, timeout: float | None = None) -> int:
        """How it ended. Raises `subprocess.TimeoutExpired`."""


def start(
    descriptor: int, folder: Path, library: str, drivers: Sequence[str], limits: Limits, jail: launch.Jail
) -> Process:
    """A worker that talks over `descriptor`, in `folder`; see `launch.start`."""
    kind = (library, tuple(drivers), jail.layers)
    told = launch.told(folder, library, drivers, limits, jail)
    for _ in range(TRIES if _possible(kind) else 0):
        try:
            return _zygote(kind).worker(told, descriptor)
        except Lost:
            continue
    if _possible(kind):
        _hopeless.add(kind)
    return launch.start(descriptor, folder, library, drivers, limits, jail)


def prepare(library: str, drivers: Sequence[str], layers: tuple[str, ...]) -> None:
    """Have a zygote warm itself while the grader does something else."""
    kind = (library, tuple(drivers), layers)
    if _possible(kind):
        _zygote(kind)


def _possible(kind: Kind) -> bool:
    """Whether to try. On macOS, what numpy computes with (Accelerate) must not be used after a fork."""
    return sys.platform == "linux" and os.environ.get("HARNESS_ZYGOTES") != "0" and kind not in _hopeless


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
