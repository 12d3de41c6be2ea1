"""Right code never fails: every right formulation passes every case, in float32 and float64, with room."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from formulations.running import defined
from grading import DEEP, grade_file
from harness import choosing
from harness import submission as submissions
from harness.assignments import registry
from harness.cases import drawing
from harness.collecting import returned
from harness.evidence import exercise, judged
from harness.oracles import bank
from harness.worker.session import Result
from harness.worker.workbench import Workbench
from sharing import share

FORMULATIONS = Path(__file__).parent.parent / "formulations"
CASES = 2000 if DEEP else 60
LEAST = 8
LEAST_OF_ONE = 8
"""Formulations each single entry point has at least."""
ALL = sorted(FORMULATIONS.glob("*/*.py"), key=str)
WARNED = {"cs231n-popped_cache": {"cache_again"}, "mytorch-handout_style": {"forward_before"}}
"""Formulations that are right and are warned: one uses its caches up, one never forgets what a forward call saw."""
DTYPES = ("float64", "float32")


def _held(path: Path) -> list[str]:
    return [f"{path.parent.name} {entry.name}" for entry in defined(path, registry.get(path.parent.name))]


# Two halves that differ, so that most formulations are looked at in one way or the other.
GRADED = share(ALL, lambda path: f"graded {path.parent.name} {path.stem}", _held, 2)
IN_BOTH_PRECISIONS = share(ALL, lambda path: f"precise {path.parent.name} {path.stem}", _held, 3)


@pytest.mark.parametrize("path", GRADED, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_right_formulation_passes(path: Path) -> None:
    contract = registry.get(path.parent.name)
    held = defined(path, contract)
    report = grade_file(path, contract.id, only=tuple(e.name for e in held))
    assert report.passed, [(e.name, e.status, e.message, [c.message for c in e.checks]) for e in report.entry_points]
    assert report.score.earned == report.score.possible == sum(e.points for e in held)
    assert {b.property for b in report.behaviour} == WARNED.get(f"{contract.id}-{path.stem}", set()), report.behaviour
    assert len(report.entry_points) == len(held)
    assert {e.status for e in report.entry_points} == {"pass"}
    statuses = {(e.name, c.property, c.tensor): c.status for e in report.entry_points for c in e.checks}
    assert set(statuses.values()) == {"pass"}, statuses


@pytest.mark.parametrize("path", IN_BOTH_PRECISIONS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_no_case_fails_in_either_precision(path: Path) -> None:
    assignment = msgspec.structs.replace(registry.get(path.parent.name), dtypes=DTYPES)
    found = submissions.read(path)
    files = choosing.entry_files(found, assignment)
    worst = 0.0
    with Workbench({f.name: f.data for f in found.files}, files, assignment) as bench:
        for entry in defined(path, assignment):
            cases = drawing.cases(assignment, assignment.group(entry.group), "meta", CASES)
            assert {c.dtype for c in cases} == set(DTYPES)
            truths = [bank.telling(assignment, entry.group, case) for case in cases]
            outcomes = bench.run([exercise(assignment, entry, t) for t in truths])
            assert len(outcomes) == len(truths)
            assert all(isinstance(o, Result) for o in outcomes)
            for tensor, verdicts in judged(assignment, returned(entry, outcomes), truths, outcomes).items():
                bad = [(v.truth.case, v.comparison) for v in verdicts if v.status not in ("pass", "not_judged")]
                assert not bad, (entry.name, tensor, bad[:3])
                worst = max(worst, *(v.comparison.ratio for v in verdicts))
    assert worst < 0.75, f"the threshold has little room left: {worst:.2f} of what is allowed"


@pytest.mark.parametrize("assignment", [a.id for a in registry.every()])
def test_there_are_enough_formulations(assignment: str) -> None:
    assert len([p for p in ALL if p.parent.name == assignment]) >= LEAST


@pytest.mark.parametrize("assignment", [a.id for a in registry.every()])
def test_every_entry_point_has_some_formulations(assignment: str) -> None:
    contract = registry.get(assignment)
    held = [e.name for p in ALL if p.parent.name == assignment for e in defined(p, contract)]
    assert {e.name: held.count(e.name) >= LEAST_OF_ONE for e in contract.entry_points} == dict.fromkeys(held, True)


@pytest.mark.parametrize("assignment", [a.id for a in registry.every()])
def test_the_model_solution_passes(assignment: str) -> None:
    root = Path(__file__).parent.parent.parent
    report = grade_file(root / "reference_impls" / assignment / "model.py", assignment)
    assert report.passed
    assert report.score.earned == report.score.possible == sum(e.points for e in registry.get(assignment).entry_points)
    assert not report.behaviour
