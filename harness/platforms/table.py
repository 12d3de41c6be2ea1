"""A CSV file as a platform takes it: comma, one line a person, nothing that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from harness.reporting.gradebook import safe_cell


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV; every cell has to be safe already."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def safe(text: str) -> str:
    """Text as a cell that no spreadsheet computes; a dash alone, which platforms write for nothing, stays."""
    return text if text == "-" else safe_cell(text)


def points(value: float | None) -> str:
    """A grade with up to four digits behind the point; blank where there is none, never zero."""
    return "" if value is None else f"{round(value, 4):.4f}".rstrip("0").rstrip(".")
