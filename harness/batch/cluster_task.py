"""What a Dask worker does with a submission: bytes in, bytes out."""

from __future__ import annotations

import contextlib
import functools
import platform
import threading
import warnings

import msgspec

from harness.assignments import registry
from harness.batch import one, resuming
from harness.batch.discover import Entry
from harness.batch.one import Grade
from harness.options import Options
from harness.report import encode
from harness.submission import Submission
from harness.ungraded import versions
from harness.worker import isolation, starting

_one_at_a_time = threading.Lock()
"""A grader's clocks are about one submission. A worker with several threads grades in one of them."""


class Unfit(Exception):
    """This worker would grade otherwise than the coordinator; a sentence that says why."""


class Work(msgspec.Struct, frozen=True):
    """A submission that was read, what is asked of it, and what it is to be graded with."""

    entry: Entry
    submission: Submission
    options: Options
    made_by: dict[str, str]


def packed(work: Work) -> bytes:
    """What goes to a worker."""
    return msgspec.msgpack.encode(work)


def graded(data: bytes, grade: Grade | None) -> bytes:
    """The report about what is in `data`. Raises `Unfit` on a worker that joined late and would grade otherwise."""
    work = msgspec.msgpack.decode(data, type=Work)
    if why := differing(work.made_by):
        raise Unfit(f"a worker that joined later {why}")
    with _one_at_a_time:
        return encode(one.grade_read(work.entry, work.submission, work.options, grade))


@functools.cache
def identity() -> dict[str, str]:
    """All that verdicts are made with: names and versions."""
    return {**versions(), "Python": platform.python_version(), "code": resuming.code()}


def unfit(expected: dict[str, str], level: str) -> str:
    """What keeps this worker from grading as the coordinator would; empty when nothing does."""
    if why := differing(expected):
        return why
    try:
        isolation.reached(level)
    except isolation.Unavailable as error:
        return f"cannot keep student code apart as this machine does: {error}"
    return ""


def differing(expected: dict[str, str]) -> str:
    """In what this worker differs from what is expected; empty when in nothing."""
    here = identity()
    named = [
        f"{name} {here.get(name, 'missing')} where this machine has {version}"
        for name, version in expected.items()
        if name != "code" and here.get(name) != version
    ]
    if named:
        return f"has {', '.join(named)}; install the same there"
    same = here["code"] == expected["code"]
    return "" if same else "has other code in its harness, of the same version; install the same there"


def prepare(assignments: tuple[str, ...], level: str) -> None:
    """Start zygotes and import the engine."""
    # Threads of Dask's own draw random numbers too, which Hypothesis takes for ours; what it draws depends on none.
    warnings.filterwarnings("ignore", message="Do not use the `random` module inside strategies")
    for name in assignments:
        with contextlib.suppress(LookupError):  # told where a submission is graded
            starting.prepare(registry.get(name), level)
    one.engine()
