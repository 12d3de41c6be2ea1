"""nbgrader: the CSV file that its own exporter writes."""

from __future__ import annotations

from collections.abc import Sequence

from harness.platforms.marks import Mark
from harness.platforms.table import csv_text, safe

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def nbgrader_csv(marks: Sequence[Mark]) -> str:
    """A row for each submission; no penalty is taken, and when it was handed in is not known."""
    return csv_text([COLUMNS, *map(_row, marks)])


def _row(mark: Mark) -> list[str]:
    last, first, email = _name(mark)
    scores = ["", "", ""] if mark.grade is None else [_float(mark.grade), "0.0", _float(mark.grade)]
    who = [_student(mark), last, first, email]
    return [safe(mark.report.assignment or ""), "", "", *map(safe, who), *scores, _float(mark.out_of)]


def _student(mark: Mark) -> str:
    named = (
        mark.match.person.first("student_id", "ID number", "SIS User ID", "SIS Login ID") if mark.match.person else ""
    )
    return named or mark.report.submission.id.rpartition("/")[2]


def _name(mark: Mark) -> tuple[str, str, str]:
    """Last name, first name and address, as far as the roster has them apart."""
    person = mark.match.person
    if person is None:
        return "", "", ""
    last, _, first = person.first("Student").partition(", ")
    email = person.first("email", "Email address")
    return (
        person.first("last_name", "LastName") or (last if first else ""),
        person.first("first_name", "FirstName") or first,
        email,
    )


def _float(value: float) -> str:
    """As Python writes it, which is what nbgrader does."""
    return str(float(round(value, 4)))
