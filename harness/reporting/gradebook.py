"""The gradebook as a CSV file, one line a submission, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from harness.report import Report
from harness.reporting.cleaning import plain
from harness.reporting.content import entry_names
from harness.reporting.wording import headline, number, override_sentences

COLUMNS = ("submission", "assignment", "status", "earned", "possible")
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula."""


def gradebook_csv(reports: Sequence[Report]) -> str:
    """Points of every submission and entry point, blank where nothing could be judged, and a note that says why."""
    names = entry_names(reports)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([safe_cell(c) for c in (*COLUMNS, *names, "note")])
    for report in reports:
        writer.writerow([safe_cell(c) for c in _row(report, names)])
    return file.getvalue()


def _row(report: Report, names: Sequence[str]) -> list[str]:
    points = {entry.name: _earned(entry.points.earned) for entry in report.entry_points}
    score = report.score
    head = [report.submission.id, report.assignment or "", report.status, _earned(score.earned)]
    # Where nothing could be judged nothing was possible either: blank, so that nobody reads "0 of 0".
    possible = number(score.possible, 4) if score.earned is not None else ""
    return [*head, possible, *(points.get(name, "") for name in names), _note(report)]


def _note(report: Report) -> str:
    return " ".join([headline(report), *(f"Set by hand: {line}." for line in override_sentences(report))])


def _earned(value: float | None) -> str:
    return "" if value is None else number(value, 4)


def safe_cell(text: str) -> str:
    """`text` on one line, with an apostrophe in front where a spreadsheet would compute it."""
    raw, cell = text[:1], plain(text)
    return f"'{cell}" if cell.startswith(FORMULA) or raw in ("\t", "\r", "\n") else cell
