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
def test_it_does_not_pass_where_it_shows_and_only_there(
    assignment: str, wrong: catalogue.Misconception, seed: str, tmp_path: Path
) -> None:
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source(assignment), wrong))
    report = grade_file(path, assignment, seed=seed)
    assert report.status == "graded"
    assert wrong.touches
    touched = {e.name: e.status for e in report.entry_points if e.name in wrong.touches}
    untouched = {e.name: e.status for e in report.entry_points if e.name not in wrong.touches}
    assert "pass" not in touched.values(), touched
    assert set(untouched.values()) <= {"pass", "not_judged"}, untouched
    assert report.score.earned is not None
    assert report.score.earned < 10.0 or set(touched.values()) <= PASSING


@pytest.mark.parametrize(("assignment", "wrong"), EVERY, ids=[f"{a}-{m.id}" for a, m in EVERY])
def test_it_is_named_and_nothing_else_is(assignment: str, wrong: catalogue.Misconception, tmp_path: Path) -> None:
    """From the edited model solution itself: the name found must give the same numbers, if it is not the same name."""
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source(assignment), wrong))
    report = grade_file(path, assignment)
    named = [d for e in report.entry_points for d in e.diagnoses]
    failing = [e for e in report.entry_points if e.status in ("fail", "error") and not e.charged_to]
    assert bool(named) == any(c.status != "precision" for e in failing for c in e.checks), (named, failing)
