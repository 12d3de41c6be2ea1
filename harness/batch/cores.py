"""A core for each grader: it and the student's processes it starts hand work to each other there, and never move."""

from __future__ import annotations

import contextlib
import os
import sys
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue


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
