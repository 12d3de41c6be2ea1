"""How the time of a case grows with its size: in the harness, and in the student's own code in a bare loop.

Run as `python benchmarks/growth.py [SECONDS]` on a machine with nothing else to do. N·T·H grows a hundredfold in steps.
Times are CPU seconds: of the grader, which sends a case, reads what comes back and judges it; of the worker; and of the
same calls in a loop in this process. Each size is looked at for that many seconds, all in turn, and medians count.
"""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

import composing  # noqa: F401 - puts the clone that this stands in on the path
from harness.assignments import registry
from harness.cases.case import Case
from harness.evidence import exercises, judged
from harness.oracles import bank
from harness.worker.workbench import Workbench
from recording import keep
from reference_impls import catalogue

SIZES = (
    {"N": 2, "T": 4, "D": 4, "H": 5},
    {"N": 3, "T": 6, "D": 6, "H": 7},
    {"N": 4, "T": 10, "D": 8, "H": 10},
    {"N": 6, "T": 15, "D": 12, "H": 14},
    {"N": 8, "T": 25, "D": 16, "H": 20},
)
CASES, ROUNDS, WANTED = 20, 10, 1.3
ENTRIES = ("rnn_forward", "rnn_backward")


class Spent(NamedTuple):
    """Microseconds a case: in all, the worker's part of it, and the student's calls in a loop."""

    harness: float
    worker: float
    student: float


def measured(bench: Workbench, dims: dict[str, int]) -> Callable[[float], Spent]:
    """Measures cases of one size for some seconds."""
    asked = bench.assignment
    entries = [asked.entry_point(name) for name in ENTRIES]
    truths = tuple(bank.truth(asked, "rnn", Case(dims=dims, seed=seed)) for seed in range(CASES))
    frames = [exercises(asked, entry, truths, "") for entry in entries]
    code = importlib.import_module(asked.model)
    operations = importlib.import_module(registry.folders()[asked.id] + ".driver").OPERATIONS

    def judge() -> None:
        for entry, frame in zip(entries, frames, strict=True):
            verdicts = judged(asked, entry, truths, bench.run(frame))
            assert all(v.status in ("pass", "not_judged") for found in verdicts.values() for v in found)

    def loop() -> None:
        for frame in frames:
            for each in frame:
                operations[each.operation](code, dict(each.arrays))

    def measure(seconds: float) -> Spent:
        assert bench.session is not None
        before, calls = bench.session.cpu_used(), len(ENTRIES) * CASES
        grader, rounds = _spent(judge, seconds / 2)
        worker = (bench.session.cpu_used() - before) / rounds
        student, times = _spent(loop, seconds / 2)
        return Spent(*(1e6 * part / calls for part in (grader / rounds + worker, worker, student / times)))

    judge()
    return measure


def _spent(work: Callable[[], None], seconds: float) -> tuple[float, int]:
    """CPU seconds of this process, and how often the work was done."""
    began, cpu, rounds = time.monotonic(), time.process_time(), 0
    while time.monotonic() - began < seconds:
        work()
        rounds += 1
    return time.process_time() - cpu, rounds


def main() -> None:
    """Measure, print and keep."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    asked = registry.get("cs231n")
    patient = msgspec.structs.replace(asked.limits, cpu_submission=1e6, wall_submission=1e6)
    asked = msgspec.structs.replace(asked, limits=patient)
    files = {"right.py": catalogue.source("cs231n").encode()}
    with Workbench(files, {e.defined_by: "right.py" for e in asked.entry_points if e.name in ENTRIES}, asked) as bench:
        bench.load()
        sizes = [measured(bench, dims) for dims in SIZES]
        looks = [[size(seconds / ROUNDS) for size in sizes] for _ in range(ROUNDS)]
    middle = [Spent(*map(statistics.median, zip(*each, strict=True))) for each in zip(*looks, strict=True)]
    rows = [
        [
            dims["N"] * dims["T"] * dims["H"],
            *spent,
            spent.harness / middle[0].harness,
            spent.student / middle[0].student,
            (spent.harness / middle[0].harness) / (spent.student / middle[0].student),
            WANTED,
        ]
        for dims, spent in zip(SIZES, middle, strict=True)
    ]
    heads = ["N·T·H", "µs a case", "worker", "student alone", "growth", "student's growth", "of it", "at most"]
    keep("growth", heads, rows)


if __name__ == "__main__":
    main()
