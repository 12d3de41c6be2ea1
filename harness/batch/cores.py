"""How many graders a machine keeps busy, and a core for each: there it and the student's processes it starts hand work
to each other, and never move."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections.abc import Iterable
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING

from harness.worker import cgroup

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue


TOP = Path("/sys/fs/cgroup")
"""Where a container finds its own group."""


def available() -> int:
    """Cores that can be kept busy: all this process may use, or fewer where a container is given a share of them."""
    most = len(usable()) or os.cpu_count() or 1
    return max(1, math.ceil(min(most, share(_groups()))))


def share(groups: Iterable[Path]) -> float:
    """The least CPU time a second that one of these control groups allows, in seconds; infinite where none bounds it.

    In version 2 `cpu.max` has the bound and the period it is for, in microseconds; version 1 has a file for each.
    """
    least = math.inf
    for group in groups:
        for files in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):
            with contextlib.suppress(OSError, ValueError):  # not there, or "max"
                bound, period = map(int, " ".join((group / file).read_text() for file in files).split())
                if bound > 0 and period > 0:
                    least = min(least, bound / period)
    return least


def _groups() -> list[Path]:
    """The groups that this process is in."""
    found = [TOP, TOP / "cpu"]
    with contextlib.suppress(OSError, cgroup.Unavailable):
        own = cgroup.own()
        found += [own, *own.parents]
    return found


def usable() -> list[int]:
    """Cores this process may use, where the system tells; else none."""
    return sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []


def one_for_each(graders: int, context: BaseContext) -> SimpleQueue[int] | None:
    """The cores for `graders` to take one each; None where there are more cores than graders, or fewer.

    With cores to spare the system does better: a grader and a worker can then run side by side.
    """
    cores = usable()
    if len(cores) != graders:
        return None
    offered = context.SimpleQueue()
    for core in cores:
        offered.put(core)
    return offered


def take(offered: SimpleQueue[int] | None) -> None:
    """Keep this process, and all it starts from now on, to the next core that is offered."""
    if sys.platform == "linux" and offered is not None:
        with contextlib.suppress(OSError):  # a core that has been taken away meanwhile: then anywhere
            os.sched_setaffinity(0, {offered.get()})
