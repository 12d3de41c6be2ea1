"""Wrong code never passes: every misconception is something other than a pass where it shows, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading import DEEP, grade_file
from harness.assignments import registry
from harness.report import PASSING
from reference_impls import catalogue

EVERY = [(a.id, m) for a in registry.every() for m in catalogue.misconceptions(a.id)]
SEEDS = ("0", "one", "two", "three", "four") if DEEP else ("0",)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("assignment", "wrong"), EVERY, ids=[f"{a}-{m.id}" for a, m in EVERY])
def test_a_misconception_does_not_pass(
    assignment: str, wrong: catalogue.Misconception, seed: str, tmp_path: Path
) -> None:
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source(assignment), wrong))
    report = grade_file(path, assignment, seed=seed)
    statuses = {e.name: e.status for e in report.entry_points}
    assert report.status == "graded"
    for name in wrong.touches:
        assert statuses[name] != "pass", (name, statuses)
    if wrong.touches:
        assert report.score.earned is not None
        assert report.score.earned < 10.0 or set(statuses.values()) <= PASSING


@pytest.mark.parametrize(("assignment", "wrong"), EVERY, ids=[f"{a}-{m.id}" for a, m in EVERY])
def test_what_it_does_not_touch_passes(assignment: str, wrong: catalogue.Misconception, tmp_path: Path) -> None:
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source(assignment), wrong))
    report = grade_file(path, assignment)
    untouched = {e.name: e.status for e in report.entry_points if e.name not in wrong.touches}
    assert set(untouched.values()) <= {"pass", "not_judged"}, untouched
