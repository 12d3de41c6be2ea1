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
    """A grade for each of `matches`; `reports` are those of the whole batch, whoever they are about.

    All grades of an assignment are out of the same: `out_of`, or the most that any submission could reach. What is
    optional and was not handed in is not missed.
    """
    of = {name: [r for r in reports if r.assignment == name] for name in {r.assignment for r in reports}}
    full = {name: worth(those) for name, those in of.items()}
    most = {name: max(_reachable(r, full[name]) for r in those) for name, those in of.items()}
    return [_mark(m, full[m.report.assignment], out_of or most[m.report.assignment]) for m in matches]


def _reachable(report: Report, full: Mapping[str, float]) -> float:
    """The points of a submission in which everything is right and could be judged."""
    return round(sum(full[entry.name] for entry in report.entry_points), 6)


def _mark(match: Match, full: Mapping[str, float], out_of: float) -> Mark:
    why, earned = _missing(match.report, full), match.report.score.earned
    reachable = _reachable(match.report, full)
    grade = None if why or earned is None or not reachable else round(earned * out_of / reachable, 6)
    return Mark(match, grade, out_of, dict(full), why)


def _missing(report: Report, full: Mapping[str, float]) -> str:
    """Why no number says what this submission is worth; empty where one does."""
    if report.status == "grader_fault":
        return "the grader itself failed"
    if report.score.earned is None:
        return f"nothing could be judged: {plain(report.message, 120)}" if report.message else "nothing could be judged"
    possible = {e.name: e.points.possible for e in report.entry_points if e.points.earned is not None}
    unjudged = [e.name for e in report.entry_points if possible.get(e.name, 0.0) < full[e.name] - NEARLY]
    if not unjudged:
        return ""
    score = report.score
    what = f"{number(score.earned or 0.0, 4)} of the {number(score.possible, 4)} points that could be judged"
    return f"{listed(unjudged)} could not be judged in full ({what})"
