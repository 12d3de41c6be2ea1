"""The example cohort gets exactly the verdicts that its page promises."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from grading import grade_file, impatient
from harness.assignments import registry
from harness.report import PASSING, Report

ROOT = Path(__file__).parent.parent
EXPECTED: dict[str, dict[str, dict[str, Any]]] = tomllib.loads((ROOT / "tests" / "cohort.toml").read_text())
EVERY = [(assignment, name) for assignment, rows in EXPECTED.items() for name in rows]


def _path(assignment: str, name: str) -> Path:
    folder = ROOT / "submissions" / assignment
    return folder / name if (folder / name).is_dir() else folder / f"{name}.py"


@pytest.mark.parametrize(("assignment", "name"), EVERY)
def test_verdicts_and_points_are_as_promised(assignment: str, name: str) -> None:
    report = grade_file(_path(assignment, name), impatient(assignment))
    _statuses_tensors_and_charges_are_right(report, EXPECTED[assignment][name])
    _points_are_lost_where_a_mistake_was_made_and_only_there(report)


def _statuses_tensors_and_charges_are_right(report: Report, promised: dict[str, Any]) -> None:
    contract = registry.get(report.assignment)
    asked = [e.name for e in contract.entry_points if not e.optional or e.name in promised]
    asked += [v.entry.name for v in contract.values if v.entry.name in promised]
    assert {e.name: e.status for e in report.entry_points} == {name: promised[name] for name in asked}
    charges = {e.name: e.charged_to for e in report.entry_points if e.charged_to}
    assert charges == promised.get("charged_to", {})
    for entry in report.entry_points:
        if entry.status in ("pass", "fail"):
            wrong = {
                c.tensor for c in entry.checks if c.status == "fail" and c.property != "matches_finite_differences"
            }
            assert wrong == set(promised.get("wrong", {}).get(entry.name, ())), entry.name


def _points_are_lost_where_a_mistake_was_made_and_only_there(report: Report) -> None:
    for entry in report.entry_points:
        if entry.status in PASSING or (entry.charged_to and entry.status == "fail"):
            assert entry.points.earned == entry.points.possible > 0, entry.name
        elif entry.status == "not_judged":
            assert entry.points.earned is None, entry.name
        elif entry.diagnoses and all("charged once, to " in d.charge for d in entry.diagnoses):
            assert entry.points.earned == entry.points.possible > 0, entry.name
        else:
            assert entry.points.earned is not None
            assert entry.points.earned < entry.points.possible, entry.name


@pytest.mark.parametrize("assignment", [a.id for a in registry.every()])
def test_the_cohort_is_complete(assignment: str) -> None:
    folder = ROOT / "submissions" / assignment
    there = {p.stem for p in folder.iterdir() if not p.name.startswith(("_", "."))}
    assert there == set(EXPECTED[assignment])
    assert len(there) >= 8
    statuses = [s for row in EXPECTED[assignment].values() for s in row.values() if isinstance(s, str)]
    assert {"timeout", "error", "not_attempted", "fail", "pass"} <= set(statuses)


def test_nothing_in_the_cohort_gives_a_verdict_away() -> None:
    for assignment in EXPECTED:
        for path in (ROOT / "submissions" / assignment).iterdir():
            assert path.stem[0] == "s"
            assert path.stem[1:].isdigit()
