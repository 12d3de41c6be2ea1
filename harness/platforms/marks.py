"""What number goes into a gradebook: points, put on the gradebook's scale, and none where a part is not judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from harness.platforms.matching import Match
from harness.report import Report
from harness.reporting.cleaning import plain
from harness.reporting.words import listed, number

NEARLY = 1e-6
"""Points are kept with six digits behind the point."""


class Mark(msgspec.Struct, frozen=True):
    """One person's grade out of `out_of`; None where a person has to decide, and `why` says what is in the way."""

    match: Match
    grade: float | None
    out_of: float
    worth: dict[str, float]
    why: str = ""

    @property
    def report(self) -> Report:
        """The report that it comes from."""
        return self.match.report


def worth(reports: Iterable[Report]) -> dict[str, float]:
    """What each entry point is worth: the most that was possible in any report, since a part that could not be judged
    is taken out of what was possible."""
    most: dict[str, float] = {}
    for report in reports:
        for entry in report.entry_points:
            most[entry.name] = max(most.get(entry.name, 0.0), entry.points.possible)
    return most


def marks(matches: Sequence[Match], reports: Sequence[Report], out_of: float | None = None) -> list[Mark]:
    """A grade for each of `matches`; `reports` are those of the whole batch, whoever they are about."""
    full = {name: worth(r for r in reports if r.assignment == name) for name in {r.assignment for r in reports}}
    return [_mark(match, full[match.report.assignment], out_of) for match in matches]


def _mark(match: Match, full: Mapping[str, float], out_of: float | None) -> Mark:
    possible = sum(full.values())
    scale = out_of / possible if out_of is not None and possible else 1.0
    why = _missing(match.report, full)
    earned = match.report.score.earned
    grade = None if why or earned is None else round(earned * scale, 6)
    return Mark(match, grade, round(possible * scale, 6), dict(full), why)


def _missing(report: Report, full: Mapping[str, float]) -> str:
    """Why no number says what this submission is worth; empty where one does."""
    if report.status == "grader_fault":
        return "the grader itself failed"
    if report.score.earned is None:
        return f"nothing could be judged: {plain(report.message, 120)}" if report.message else "nothing could be judged"
    possible = {e.name: e.points.possible for e in report.entry_points if e.points.earned is not None}
    unjudged = [name for name, most in full.items() if possible.get(name, 0.0) < most - NEARLY]
    if not unjudged:
        return ""
    score = report.score
    what = f"{number(score.earned or 0.0, 4)} of the {number(score.possible, 4)} points that could be judged"
    return f"{listed(unjudged)} could not be judged in full ({what})"
