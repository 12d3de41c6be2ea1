"""Points that a person has set by hand, in the place of those that the harness gave."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from harness import scoring
from harness.report import EntryPointReport, Override, Points, Report


def applied(report: Report, overrides: Sequence[Override]) -> Report:
    """The report with the points that were set, and who set them. Verdicts and reasons stay as they are.

    A decision about an entry point that the report does not have is told, and counts for nothing.
    """
    if not overrides:
        return report
    chosen = {o.entry_point: o for o in overrides}
    entries = [_set(e, chosen[e.name]) if e.name in chosen else e for e in report.entry_points]
    told = [replace(o, instead_of=_earned(report, o.entry_point)) for o in overrides]
    score = scoring.total(entries) if entries != report.entry_points else report.score
    return replace(report, entry_points=entries, score=score, overrides=told)


def _set(entry: EntryPointReport, override: Override) -> EntryPointReport:
    return replace(entry, points=Points(override.points, max(entry.points.possible, override.possible)))


def _earned(report: Report, name: str) -> float | None:
    return next((e.points.earned for e in report.entry_points if e.name == name), None)


def stale(reports: Sequence[Report]) -> list[str]:
    """A line for every decision that was made about something else than what it now stands beside."""
    return [
        f"{report.submission.id}: {o.entry_point}, {o.points:g} points set by {o.by} on {o.at}"
        for report in reports
        for o in report.overrides
        if (o.of and o.of != report.submission.sha256) or all(e.name != o.entry_point for e in report.entry_points)
    ]
