"""Points that a person has set by hand, in the place of those that the harness gave."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from harness import scoring
from harness.report import EntryPointReport, Override, Points, Report


def applied(report: Report, overrides: Sequence[Override]) -> Report:
    """The report with the points that were set, and who set them. Verdicts and reasons stay as they are."""
    chosen = {o.entry_point: o for o in overrides if any(e.name == o.entry_point for e in report.entry_points)}
    if not chosen:
        return report
    entries = [_set(e, chosen[e.name]) if e.name in chosen else e for e in report.entry_points]
    told = [replace(o, instead_of=_earned(report, o.entry_point)) for o in chosen.values()]
    return replace(report, entry_points=entries, score=scoring.total(entries), overrides=told)


def _set(entry: EntryPointReport, override: Override) -> EntryPointReport:
    return replace(entry, points=Points(override.points, max(entry.points.possible, override.possible)))


def _earned(report: Report, name: str) -> float | None:
    return next(e.points.earned for e in report.entry_points if e.name == name)
