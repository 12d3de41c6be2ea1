"""A class by its mistakes: who made the same one, which entry points are hardest, what nobody has explained."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness.report import PASSING, EntryPointReport, Report
from harness.reporting import content


class Mistake(msgspec.Struct, frozen=True):
    """A named mistake, where it shows, and the submissions that made it."""

    title: str
    entry_points: tuple[str, ...]
    reports: tuple[Report, ...]


class Difficulty(msgspec.Struct, frozen=True):
    """How many of those who attempted an entry point got it right."""

    name: str
    right: int
    attempted: int


def mistakes(reports: Sequence[Report]) -> list[Mistake]:
    """Named mistakes, the most frequent first."""
    found: dict[str, tuple[dict[str, None], dict[str, Report]]] = {}
    for report in reports:
        for entry in report.entry_points:
            for diagnosis in entry.diagnoses:
                names, who = found.setdefault(diagnosis.title, ({}, {}))
                names[entry.name] = None
                who[report.submission.id] = report
    rows = [Mistake(title, tuple(names), tuple(who.values())) for title, (names, who) in found.items() if title]
    return sorted(rows, key=lambda m: (-len(m.reports), m.title))


def unexplained(report: Report) -> list[EntryPointReport]:
    """Entry points that are wrong by a mistake of their own which has no name."""
    return [
        e
        for e in content.wrong(report)
        if e.status == "fail" and not e.diagnoses and (e.charged_to is None or content.lost_points(e)) and _numbers(e)
    ]


def _numbers(entry: EntryPointReport) -> bool:
    """Whether it is the numbers that are wrong: a behaviour that a handout demands is an explanation by itself."""
    return any(c.property == "matches_autograd" and c.status == "fail" for c in entry.checks)


def hardest(reports: Sequence[Report]) -> list[Difficulty]:
    """Every entry point that not everybody got right, the hardest first."""
    found = []
    for name in content.entry_names(reports):
        tried = [e for r in reports for e in r.entry_points if e.name == name and e.status not in UNTRIED]
        right = sum(e.status in PASSING for e in tried)
        if right < len(tried):
            found.append(Difficulty(name, right, len(tried)))
    return sorted(found, key=lambda d: (d.right / d.attempted, d.name))


UNTRIED = frozenset({"missing", "not_attempted", "not_judged"})
