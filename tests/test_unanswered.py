"""An assignment can be graded on its first day: from its contract and driver alone, without any answer."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grading import DEEP, entry, grade_file
from harness.assignments import registry
from harness.cli import app
from harness.report import PASSING
from reference_impls import catalogue

HERE = Path(__file__).parent
MODEL = HERE.parent / "reference_impls" / "lab9" / "model.py"
RIGHT = [MODEL, *sorted((HERE / "formulations" / "lab9").glob("*.py"))]
LEAST_CAUGHT = 0.9
"""Measured: 90 of 90 misconceptions of the lab are caught by relations and slopes alone."""
EVERY = catalogue.misconceptions("lab9")
SOME = EVERY if DEEP else EVERY[::6]


@pytest.fixture(autouse=True)
def new_course(monkeypatch: pytest.MonkeyPatch) -> str:
    """A course that announces an assignment without an answer key."""
    monkeypatch.setitem(registry.folders(), "new_course", "new_course")
    return "new_course"


def test_nothing_can_be_audited_yet_and_that_is_told() -> None:
    result = CliRunner().invoke(app, ["audit", "new_course"])
    assert (result.exit_code, result.exception.__class__) == (2, SystemExit)
    assert "new_course has no model solution yet" in result.output


def test_it_has_no_answer() -> None:
    assert not registry.get("new_course").has_answers
    assert importlib.util.find_spec("new_course.definition") is None


@pytest.mark.parametrize("path", RIGHT, ids=lambda p: p.stem)
def test_right_code_passes(path: Path) -> None:
    report = grade_file(path, "new_course")
    assert report.passed, [(e.name, e.status, [c.message for c in e.checks]) for e in report.entry_points]
    assert report.score.earned == report.score.possible == 10.0
    assert not report.behaviour
    checks = [c for e in report.entry_points for c in e.checks]
    assert "matches_autograd" not in {c.property for c in checks}, "nothing is said about agreement"
    assert {c.status for c in checks} == {"pass"}
    assert any("no answer key" in note for note in report.notes)


def test_most_mistakes_are_caught_all_the_same(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    missed = []
    for wrong in SOME:
        path = tmp_path / f"{wrong.id}.py"
        path.write_text(catalogue.apply(catalogue.source("lab9"), wrong))
        statuses = {e.status for e in grade_file(path, "new_course").entry_points}
        missed += [wrong.id] * (statuses <= PASSING | {"not_judged"})
    record_property("caught", f"{len(SOME) - len(missed)} of {len(SOME)}")
    assert len(missed) <= (1 - LEAST_CAUGHT) * len(SOME), missed


def test_a_wrong_shape_an_exception_and_no_number_are_told(tmp_path: Path) -> None:
    text = MODEL.read_text()
    ends = {
        "def rnn_backward(*given): return {n: v.T for n, v in _backward(*given).items()}": "has shape",
        "def rnn_backward(*given): raise ValueError('not yet')": "ValueError: not yet",
        "def rnn_backward(*given): return {n: v + np.nan for n, v in _backward(*given).items()}": "NaN",
    }
    for end, told in ends.items():
        path = tmp_path / "lab9.py"
        path.write_text(f"{text}\n_backward = rnn_backward\n{end}\n")
        found = entry(grade_file(path, "new_course"), "rnn_backward")
        assert found.status in ("error", "fail")
        assert any(told in c.message for c in found.checks), [c.message for c in found.checks]


def test_a_right_step_is_not_blamed_for_a_wrong_one(tmp_path: Path) -> None:
    path = tmp_path / "lab9.py"
    path.write_text(
        f"{MODEL.read_text()}\n_backward = rnn_backward\n"
        "def rnn_backward(*given): return {n: 2 * v for n, v in _backward(*given).items()}\n"
    )
    report = grade_file(path, "new_course")
    assert entry(report, "rnn_backward").status == "fail"
    assert entry(report, "mse_last_step").status == "pass"
