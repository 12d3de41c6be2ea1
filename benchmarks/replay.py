"""What a further case costs in a grader that has used its bank before, against the student's own calls in a loop.

Run as `python benchmarks/replay.py [ROUNDS]`. CPU time of the grader and of its worker, microseconds a case: the
difference between a right submission of the vanilla functions of cs231n graded on many cases and on few.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tabulate import tabulate

import composing  # noqa: F401 - puts the clone that this stands in on the path
from harness import submission, verify
from harness.assignments import registry
from harness.options import Options
from harness.worker.clock import cpu_seconds
from harness.worker.session import Session
from reference_impls import catalogue
from targets import FEW, MANY, bare

_spent: list[float] = []
_close = Session.close


def _closed(session: Session) -> None:
    _spent.append(cpu_seconds(session.number) or 0.0)
    _close(session)


def graded(path: Path, cases: int, level: str) -> tuple[float, float]:
    """CPU seconds of the grader, and of its workers."""
    _spent.clear()
    began = time.process_time()
    options = Options(cases=cases, only=("rnn_*",), isolation=level)
    verify.grade(submission.read(path), registry.get("cs231n"), options)
    return time.process_time() - began, sum(_spent)


def row(path: Path, level: str, rounds: int) -> list[object]:
    """Medians at a level of isolation."""
    loops = bare(FEW), bare(MANY)
    graded(path, MANY, level)
    times = [
        (graded(path, FEW, level), graded(path, MANY, level), *(loop().cpu for loop in loops)) for _ in range(rounds)
    ]
    each = 1e6 / (4 * (MANY - FEW))
    grader, worker = (each * statistics.median(many[i] - few[i] for few, many, _, _ in times) for i in (0, 1))
    loop = each * statistics.median(many - few for _, _, few, many in times)
    return [level, grader, worker, loop, (grader + worker) / loop, 2.0]


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    Session.close = _closed  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "right.py"
        path.write_text(catalogue.source("cs231n"))
        rows = [row(path, level, rounds) for level in ("process", "restricted", "full")]
    headers = ["level", "grader, µs a case", "worker", "the calls alone", "ratio", "wanted"]
    print(tabulate(rows, headers, "pipe", floatfmt=".1f"))


if __name__ == "__main__":
    main()
