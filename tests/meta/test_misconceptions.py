"""Wrong code never passes: a misconception is caught where it shows, and only there, and is called by a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from formulations.running import built_on
from grading import DEEP, grade_file
from harness.assignments import registry
from harness.report import PASSING, Report
from reference_impls import catalogue

EVERY = [(a.id, m) for a in registry.every() for m in catalogue.misconceptions(a.id)]
SEEDS = ("0", "one", "two", "three", "four") if DEEP else ("0",)
NAMED = ("matches_autograd", "runs")
"""Properties whose failures the catalogue explains; the others say themselves what is wrong."""


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("assignment", "wrong"), EVERY, ids=[f"{a}-{m.id}" for a, m in EVERY])
def test_a_misconception_is_caught_where_it_shows_and_named(
    assignment: str, wrong: catalogue.Misconception, seed: str, tmp_path: Path
) -> None:
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source(assignment), wrong))
    built = built_on(registry.get(assignment), wrong.touches)
    families = {e.group for e in registry.get(assignment).entry_points if e.name in {*wrong.touches, *built}}
    few = len(registry.get(assignment).groups) <= 2
    only = () if few else tuple(e.name for e in registry.get(assignment).entry_points if e.group in families)
    report = grade_file(path, assignment, seed=seed, only=only)
    assert report.status == "graded"
    assert wrong.touches
    touched = {e.name: e.status for e in report.entry_points if e.name in wrong.touches}
    untouched = {e.name: e.status for e in report.entry_points if e.name not in (*wrong.touches, *built)}
    assert "pass" not in touched.values(), touched
    assert set(untouched.values()) <= {"pass", "not_judged"}, untouched
    for entry in (e for e in report.entry_points if e.name in built):
        assert entry.status in PASSING or entry.charged_to in wrong.touches, (entry.name, entry.status)
        assert entry.points.earned in (None, entry.points.possible)
    assert report.score.earned is not None
    assert report.score.earned < report.score.possible or set(touched.values()) <= PASSING
    _is_named(report, wrong.id)


def _is_named(report: Report, expected: str) -> None:
    """What fails by its own fault is named, and nothing else is. Mistakes with the same numbers share one name."""
    for entry in report.entry_points:
        own_fault = [c for c in entry.checks if c.property in NAMED and c.status in ("fail", "error")]
        assert bool(entry.diagnoses) == bool(own_fault and not entry.charged_to), (entry.name, entry.diagnoses)
        for diagnosis in entry.diagnoses:
            assert set(diagnosis.explains) <= {c.tensor for c in own_fault}
            assert diagnosis.id == expected, (entry.name, diagnosis)
