"""All submissions of a batch at a glance: one page, and the same as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from harness.report import EntryPointReport, Report
from harness.reporting import content, grouping, wording
from harness.reporting.cleaning import plain
from harness.reporting.html import render
from harness.reporting.paths import folder_of

SUMMARY_SCHEMA = "harness-summary/1"
BINS = 10
"""Bars of the histogram of scores."""
MOST = 500
"""Rows of the table that are shown at first, and with every click; a browser takes seconds to lay out thousands."""
FEW = 50
"""Names in a list that are shown at first."""


class Bar(msgspec.Struct, frozen=True):
    """How many submissions earned a share of the points within these per cent; `height` is relative to the tallest."""

    low: int
    high: int
    count: int
    height: float


class Group(msgspec.Struct, frozen=True):
    """The submissions of one assignment, as the page shows them."""

    assignment: str
    reports: tuple[Report, ...]
    names: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    bars: tuple[Bar, ...]
    mistakes: tuple[grouping.Mistake, ...]
    hardest: tuple[grouping.Difficulty, ...]


def summary_html(reports: Sequence[Report], links: Mapping[str, str], kept_back: bool = False) -> str:
    """The page about a batch; `links` leads from the id of a submission to its own page.

    `kept_back` says that those pages give less away than this one.
    """
    groups = [_group(name, found) for name, found in content.by_assignment(reports).items()]
    eyes = sorted((_look(r) for r in reports if _look(r).why), key=lambda look: look.why != UNNAMED)
    return render(
        "summary.html.jinja",
        "summary.js",
        reports=reports,
        groups=groups,
        eyes=eyes,
        links=links,
        kept_back=kept_back,
        entry_of=entry_of,
        search_text=search_text,
        most=MOST,
        few=FEW,
    )


UNNAMED = "wrong, not explained"


class Look(msgspec.Struct, frozen=True):
    """A submission that a person should look at, why (empty: nobody has to), and the sentences about it."""

    report: Report
    why: str
    about: str


def _look(report: Report) -> Look:
    why, unnamed = content.needs_a_person(report), grouping.unexplained(report)
    if why or not unnamed:
        return Look(report, why, wording.headline(report))
    return Look(report, UNNAMED, " ".join(wording.entry_sentence(e) for e in unnamed))


def summary_json(reports: Sequence[Report]) -> bytes:
    """Counts and one short entry a submission; the same from run to run."""
    summary = {
        "schema": SUMMARY_SCHEMA,
        "counts": {name: dict(_counts(found)) for name, found in content.by_assignment(reports).items()},
        "mistakes": {name: _mistakes(found) for name, found in content.by_assignment(reports).items()},
        "submissions": [_row(report) for report in reports],
    }
    return msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"


def _mistakes(reports: Sequence[Report]) -> list[dict[str, Any]]:
    return [
        {"title": m.title, "entry_points": m.entry_points, "submissions": [r.submission.id for r in m.reports]}
        for m in grouping.mistakes(reports)
    ]


def _row(report: Report) -> dict[str, Any]:
    entries = {
        e.name: {"status": e.status, "charged_to": e.charged_to, "points": e.points} for e in report.entry_points
    }
    return {
        "id": report.submission.id,
        "assignment": report.assignment,
        "status": report.status,
        "passed": report.passed,
        "score": report.score,
        "entry_points": entries,
        "note": wording.headline(report),
        "needs_a_person": content.needs_a_person(report),
        "report": str(folder_of(report.submission.id) / "report.json"),
    }


def _group(name: str, reports: Sequence[Report]) -> Group:
    names = tuple(content.entry_names(reports))
    found = tuple(grouping.mistakes(reports)), tuple(grouping.hardest(reports))
    return Group(name, tuple(reports), names, tuple(_counts(reports)), tuple(bars(reports)), *found)


def _counts(reports: Sequence[Report]) -> list[tuple[str, int]]:
    found = Counter(outcome(report) for report in reports)
    return [("submissions", len(reports)), *((name, found[name]) for name in OUTCOMES if found[name])]


OUTCOMES = ("nothing wrong", "something wrong", "not judged", "could not be loaded", "grader fault")


def outcome(report: Report) -> str:
    """Which of the few kinds of outcomes a submission had."""
    if report.status != "graded":
        return "grader fault" if report.status == "grader_fault" else "could not be loaded"
    if content.wrong(report):
        return "something wrong"
    return "nothing wrong" if report.passed and report.entry_points else "not judged"


def bars(reports: Sequence[Report]) -> list[Bar]:
    """A histogram of the share of possible points earned, of all graded submissions that have points."""
    scores = [report.score for report in reports if report.status == "graded"]
    shares = [s.earned / s.possible for s in scores if s.earned is not None and s.possible]
    counts = Counter(min(int(share * BINS + 1e-9), BINS - 1) for share in shares)
    tallest = max(counts.values(), default=1)
    width = 100 // BINS
    return [Bar(i * width, (i + 1) * width, counts[i], counts[i] / tallest) for i in range(BINS)]


def entry_of(report: Report, name: str) -> EntryPointReport | None:
    """The entry point of that name, if the report has it."""
    return next((e for e in report.entry_points if e.name == name), None)


def search_text(report: Report) -> str:
    """What the filter of the page looks through."""
    words = [report.submission.id, report.assignment or "", outcome(report), wording.headline(report)]
    words += [f"{wording.entry_words(e)} {wording.entry_sentence(e)}" for e in report.entry_points]
    return plain(" ".join(words))
