"""Plain CSV: who it is, the grade, and everything that the gradebook has."""

from __future__ import annotations

from collections.abc import Sequence

from harness.platforms.marks import Mark
from harness.platforms.roster import SUBMISSION, Roster
from harness.platforms.table import csv_text, points, safe
from harness.reporting.content import entry_names
from harness.reporting.wording import headline, override_sentences

COLUMNS = ("assignment", "status", "grade", "out_of", "late")


def plain_csv(marks: Sequence[Mark], roster: Roster | None) -> str:
    """The roster's columns, the grade, every entry point's points, and a note that says why."""
    columns = [name for name in roster.columns if name != SUBMISSION] if roster else []
    names = entry_names([mark.report for mark in marks])
    head = [SUBMISSION, *columns, *COLUMNS, *names, "note"]
    return csv_text([list(map(safe, head)), *(_row(mark, columns, names) for mark in marks)])


def _row(mark: Mark, columns: Sequence[str], names: Sequence[str]) -> list[str]:
    report, person = mark.report, mark.match.person
    earned = {entry.name: entry.points.earned for entry in report.entry_points}
    who = [report.submission.id, *(person.cells[name] if person else "" for name in columns)]
    late = "late" if mark.match.late else ""
    about = [report.assignment or "", report.status, points(mark.grade), points(mark.out_of), late]
    set_by_hand = [f"Set by hand: {line}." for line in override_sentences(report)]
    note = " ".join([headline(report), *set_by_hand, *([f"No grade: {mark.why}."] if mark.why else [])])
    return list(map(safe, [*who, *about, *(points(earned.get(name)) for name in names), note]))
