"""Shared by the benchmarks of batches: a run of `harness grade`, from the shell to the gradebook, and its time."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, NamedTuple

from composing import ROOT

PR_SET_CHILD_SUBREAPER = 36
"""Of Linux's prctl(2)."""


class Time(NamedTuple):
    """Seconds: on the wall, and of CPU time of the whole process tree."""

    wall: float
    cpu: float


def graded(folder: Path, *options: str, cores: Sequence[int] = ()) -> Time:
    """Grade all of `folder` anew, every report written; with `cores`, the whole process tree on these alone."""
    out = folder.parent / "out"
    asked = [str(folder), "-a", "cs231n", "--only", "rnn_*", "--quiet", "--out", str(out), *options]
    time = python(
        *("-m", "harness", "grade", *asked),
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
    )
    shutil.rmtree(out)
    return time


def python(*arguments: str, **how: Any) -> Time:
    """A run of Python, by `subprocess.run`, and all that it starts."""
    others = adopt_orphans()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    subprocess.run([sys.executable, *arguments], **how)
    wall = perf_counter() - began
    wait_for_orphans(others)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Time(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def adopt_orphans() -> set[int]:
    """From now on, orphans of the process tree below become children of this process; those it has already."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    return _children()


def wait_for_orphans(others: set[int]) -> None:
    """Zygotes end after their graders; what nobody waits for is counted nowhere, so they are waited for here."""
    while orphans := _children() - others:
        for orphan in orphans:  # the first of a namespace only ends after the others were waited for
            os.waitpid(orphan, os.WNOHANG)
        sleep(0.01)


def _children() -> set[int]:
    return {int(n) for path in Path("/proc/self/task").glob("*/children") for n in path.read_text().split()}


def in_turn(works: Sequence[Callable[[], Time]], rounds: int) -> list[Time]:
    """The median of each; a round does all of them once, so that what else the machine does meets them all."""
    times = [[work() for work in works] for _ in range(rounds)]
    return [Time(*map(statistics.median, zip(*each, strict=True))) for each in zip(*times, strict=True)]
