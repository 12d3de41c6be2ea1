"""How near right programs come to the error bound: false failures, the worst ratio, and what could not be judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from harness import choosing, source
from harness import submission as submissions
from harness.assignments.contract import Assignment, EntryPoint
from harness.cases.case import Case
from harness.collecting import returned
from harness.evidence import exercise, judged
from harness.oracles import bank
from harness.oracles.allowances import THRESHOLD
from harness.oracles.bank import Truth
from harness.worker.session import Outcome
from harness.worker.workbench import Workbench

PRECISIONS = ("float64", "float32")
MARGIN = 1e-6
"""What is on the way to a result may be larger than the result."""


class FalseFailure(msgspec.Struct, frozen=True):
    """A right program that did not pass a case."""

    program: str
    entry: str
    tensor: str
    case: Case
    trouble: str


class Seen(msgspec.Struct, frozen=True):
    """What came of right programs: `runs` counts (case, program) pairs of an entry point, `judgements` its tensors.

    `worst` is the largest distance from the right answer, in multiples of the error bound; a program passes up to
    `THRESHOLD` times the bound.
    """

    runs: int = 0
    judgements: int = 0
    not_judged: int = 0
    worst: float = 0.0
    failures: tuple[FalseFailure, ...] = ()

    def __add__(self, other: Seen) -> Seen:
        return Seen(
            self.runs + other.runs,
            self.judgements + other.judgements,
            self.not_judged + other.not_judged,
            max(self.worst, other.worst),
            self.failures + other.failures,
        )


def seen(assignment: Assignment, group_name: str, cases: Sequence[Case], programs: Iterable[Path]) -> Seen:
    """Every program that holds entry points of a group, on every case. Raises `GraderFault` where oracles differ."""
    truths = [t for t in (bank.telling(assignment, group_name, case) for case in cases) if _holds(t)]
    total = Seen()
    for path in programs:
        total += _of_program(assignment, group_name, truths, path)
    return total


def _holds(truth: Truth) -> bool:
    """Whether the case's precision holds its results: a rectifier's numbers can grow with every step, for right and
    wrong programs alike, until they are infinite."""
    most = MARGIN * float(np.finfo(truth.case.dtype).max)
    return all(float(np.max(np.abs(a), initial=0.0)) < most for a in truth.expected.values())


def _of_program(assignment: Assignment, group_name: str, truths: Sequence[Truth], path: Path) -> Seen:
    held = source.parse(path.read_bytes()).definitions
    entries = [e for e in assignment.entry_points if e.group == group_name and e.defined_by in held]
    if not entries:
        return Seen()
    found = submissions.read(path)
    total = Seen()
    with Workbench({f.name: f.data for f in found.files}, choosing.entry_files(found, assignment), assignment) as bench:
        for entry in entries:
            outcomes = bench.run([exercise(assignment, entry, t) for t in truths])
            total += _of_outcomes(assignment, entry, truths, outcomes, path.stem)
    return total


def _of_outcomes(
    assignment: Assignment, entry: EntryPoint, truths: Sequence[Truth], outcomes: Sequence[Outcome | None], name: str
) -> Seen:
    """Whatever has no outcome is a failure too: nothing may be passed over."""
    verdicts = judged(assignment, returned(entry, list(outcomes)), truths, outcomes)
    failures = [
        FalseFailure(
            name, entry.name, tensor, v.truth.case, v.trouble or f"{THRESHOLD * v.comparison.ratio:.3g} bounds away"
        )
        for tensor, of_tensor in verdicts.items()
        for v in of_tensor
        if v.status not in ("pass", "not_judged")
    ]
    lost = len(truths) - min((len(v) for v in verdicts.values()), default=0)
    if lost:
        failures.append(FalseFailure(name, entry.name, "", truths[0].case, f"{lost} cases came to no end"))
    every = [v for of_tensor in verdicts.values() for v in of_tensor]
    near = [v.comparison.ratio for v in every if math.isfinite(v.comparison.ratio)]
    unjudged = sum(v.status == "not_judged" for v in every)
    return Seen(len(truths), len(every), unjudged, THRESHOLD * max(near, default=0.0), tuple(failures))
