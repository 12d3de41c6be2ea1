"""What a further case costs in a grader that has used its bank before, against the student's own calls in a loop.

Run as `python benchmarks/replay.py [ROUNDS]`. CPU time of the grader and of its worker, microseconds a case: the
difference between a right submission of cs231n graded on many cases and on few.
"""

from __future__ import annotations

import sys
import tempfile
import time
from fnmatch import fnmatchcase
from pathlib import Path

import composing  # noqa: F401 - puts the clone that this stands in on the path
from harness import submission, verify
from harness.assignments import registry
from harness.options import Options
from harness.worker.clock import cpu_seconds
from harness.worker.isolation import Level
from harness.worker.session import Session
from recording import keep
from reference_impls import catalogue
from targets import bare

LEVELS: tuple[Level, ...] = ("process", "restricted", "full")
PARTS = (("the vanilla functions", "rnn_*", 100, 600), ("all 17 entry points", "*", 50, 200))
"""What is graded: entry points, and how many cases of each are few and many."""

_spent: list[float] = []
_close = Session.close


def _closed(session: Session) -> None:
    _spent.append(cpu_seconds(session.number) or 0.0)
    _close(session)


def graded(path: Path, only: str, cases: int, level: Level) -> tuple[float, float]:
    """CPU seconds of the grader, and of its workers."""
    _spent.clear()
    began = time.process_time()
    options = Options(cases=cases, only=(only,), isolation=level)
    report = verify.grade(submission.read(path), registry.get("cs231n"), options)
    assert report.passed
    return time.process_time() - began, sum(_spent)


def row(path: Path, part: tuple[str, str, int, int], level: Level, rounds: int) -> list[object]:
    """Means at a level of isolation: the system counts a worker's time in hundredths of a second."""
    name, only, few, many = part
    loops = bare(few, only), bare(many, only)
    graded(path, only, many, level)
    entries = sum(fnmatchcase(entry.name, only) for entry in registry.get("cs231n").entry_points)
    each = 1e6 / (entries * (many - few) * rounds)
    grader = worker = loop = 0.0
    for _ in range(rounds):
        less, more = graded(path, only, few, level), graded(path, only, many, level)
        grader, worker = grader + more[0] - less[0], worker + more[1] - less[1]
        loop += loops[1]().cpu - loops[0]().cpu
    return [name, level, each * grader, each * worker, each * loop, (grader + worker) / loop, 2.0]


def main() -> None:
    """Measure, print and keep."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    Session.close = _closed  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "right.py"
        path.write_text(catalogue.source("cs231n"))
        rows = [row(path, part, level, rounds) for part in PARTS for level in LEVELS]
    headers = ["of cs231n", "level", "grader, µs a case", "worker", "the calls alone", "ratio", "wanted"]
    keep("replay", headers, rows, digits=1)


if __name__ == "__main__":
    main()
