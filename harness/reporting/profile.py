"""Where a batch's time went, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from harness.report import Report

PARTS = {
    "starting": "workers' starts",
    "load": "students' code: imports",
    "run": "students' code: calls",
    "oracle": "cases and answers",
    "judging": "judging",
    "shrinking": "smallest cases",
    "diagnosis": "naming, locating, drawing",
}
"""Parts of a report's seconds, in the order of the table."""


def profile_table(reports: Sequence[Report], more: Mapping[str, float]) -> Table:
    """Seconds of wall time over all graders, and the share of each part; `more` is what was spent elsewhere."""
    rows = {words: sum(getattr(r.seconds, part) for r in reports) for part, words in PARTS.items()} | dict(more)
    total = sum(rows.values()) or 1.0
    table = Table(box=SIMPLE_HEAD)
    table.add_column("where the time went")
    table.add_column("seconds", justify="right")
    table.add_column("share", justify="right")
    for words, seconds in rows.items():
        table.add_row(words, f"{seconds:.2f}", f"{100 * seconds / total:.0f} %")
    return table
