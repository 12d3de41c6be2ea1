"""Programs as students really hand them in: a right one passes whatever its form, a wrong one is told so."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from grading import grade_file
from harness.report import Report
from wild.expectations import EXPECTED, Expected

SUBMISSIONS = Path(__file__).parent / "submissions"


def _statuses(report: Report) -> dict[str, str]:
    return {e.name: e.status for e in report.entry_points}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_submission_as_students_write_it_is_judged_as_expected(name: str) -> None:
    expected: Expected = EXPECTED[name]
    only = ("rnn_*",) if expected.assignment == "cs231n" else ()
    report = grade_file(SUBMISSIONS / name, expected.assignment, cases=16, only=only)
    found = _statuses(report)
    assert found == {entry: expected.statuses.get(entry, "pass") for entry in found}, report.message
    text = msgspec.json.encode(report).decode()
    for sentence in expected.says:
        assert sentence in text


def test_every_program_is_expected_to_do_something() -> None:
    assert {path.name for path in SUBMISSIONS.iterdir()} == set(EXPECTED)
