"""What a step of a workflow on GitHub leaves behind: a summary that people read, and outputs for later steps."""

from __future__ import annotations

from collections.abc import Sequence

from harness.report import Report
from harness.reporting import wording
from harness.reporting.markdown import code, escaped, markdown, table

MOST_BYTES = 1_000_000
"""A step's summary may hold 1 MiB; a longer one is not shown at all."""
CUT = "The rest is in the files of this run."


def summary(reports: Sequence[Report], origin: str = "") -> str:
    """All reports as Markdown, as many of them whole as there is room for, those with mistakes first.

    `origin` says where the rubric came from.
    """
    if not reports:
        return "Nothing that was handed in has changed, so nothing was graded.\n"
    ordered = sorted(reports, key=lambda report: report.passed)
    parts = [escaped(origin) + "\n"] if origin else []
    parts += [_overview(ordered)] if len(ordered) > 1 else []
    for page in map(markdown, ordered):
        if sum(len(part.encode()) for part in (*parts, page, CUT)) > MOST_BYTES:
            parts.append(CUT + "\n")
            break
        parts.append(page)
    return "\n".join(parts)


def _overview(reports: Sequence[Report]) -> str:
    rows = [
        (code(r.submission.id), escaped(wording.headline(r)), escaped(wording.points_text(r.score)))
        for r in reports[:1000]
    ]
    return table(("submission", "verdict", "points"), rows) + "\n"


def outputs(reports: Sequence[Report], passed: bool) -> str:
    """Lines `name=value` for later steps. Nothing but numbers and truth values: no text of a student's gets here."""
    earned = sum(report.score.earned or 0.0 for report in reports)
    possible = sum(report.score.possible for report in reports)
    values = {
        "earned": f"{earned:g}",
        "possible": f"{possible:g}",
        "percent": f"{100 * earned / possible:.1f}" if possible else "",
        "passed": str(passed).lower(),
        "submissions": str(len(reports)),
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())
