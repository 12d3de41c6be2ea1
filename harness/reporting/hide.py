"""Takes out of a report what would give answers away: expected values and how far off something was."""

from __future__ import annotations

import re

from msgspec.structs import replace

from harness.report import PUBLIC_SEED, Check, Counterexample, Pictures, Report

_TELLS = re.compile(r"\bexpected\b", re.IGNORECASE)
"""Lines of a snippet with this word show the answer (`print("expected:", …)`)."""


def hide_expected(report: Report) -> Report:
    """`report` with what came, but without expected values, what rounding allows, or how far off the worst case was.

    Messages hold no numbers of an answer: whatever has some is a field of its own.
    """
    entries = [
        replace(e, checks=[_check(c) for c in e.checks], pictures=_pictures(e.pictures) if e.pictures else None)
        for e in report.entry_points
    ]
    seed = report.seed if report.seed == PUBLIC_SEED else "kept by the course"  # it leads to the cases, and to answers
    return replace(report, entry_points=entries, seed=seed)


def _check(check: Check) -> Check:
    example = check.counterexample
    return replace(check, worst_ratio=None, counterexample=_example(example) if example else None)


def _pictures(found: Pictures) -> Pictures:
    """What the student's code gave, and where it is wrong."""
    influence = replace(found.influence, expected=None) if found.influence else None
    return Pictures(found.graph, influence, [replace(n, expected=None) for n in found.numbers])


def _example(example: Counterexample) -> Counterexample:
    worst = replace(example.worst, expected=None, allowed=None) if example.worst else None
    lines = [line for line in example.snippet.splitlines(keepends=True) if not _TELLS.search(line)]
    return replace(example, worst=worst, snippet="".join(lines))
