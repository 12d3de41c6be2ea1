"""What a report says about a submission, sorted as every format shows it: right, wrong, not judged."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from harness.report import PASSING, Check, Counterexample, EntryPointReport, Report

UNDECIDED = "not_judged"
OWN_FORWARD = "matches_finite_differences"
"""A property that only tells whose mistake it is."""


class Trouble(msgspec.Struct, frozen=True):
    """Tensors of one entry point with the same thing wrong: the check that says it, and others about them."""

    tensors: tuple[str, ...]
    check: Check
    others: tuple[Check, ...] = ()


def right(report: Report) -> list[EntryPointReport]:
    """Entry points that pass, those in float32 accuracy included."""
    return [e for e in report.entry_points if e.status in PASSING]


def wrong(report: Report) -> list[EntryPointReport]:
    """Entry points that do not pass."""
    return [e for e in report.entry_points if e.status not in PASSING and e.status != UNDECIDED]


def unjudged(report: Report) -> list[EntryPointReport]:
    """Entry points nothing can be said about."""
    return [e for e in report.entry_points if e.status == UNDECIDED]


def lost_points(entry: EntryPointReport) -> bool:
    """Whether it earned less than it could."""
    return entry.points.earned is not None and entry.points.earned < entry.points.possible


def blamed(report: Report) -> list[EntryPointReport]:
    """Entry points with a mistake of their own."""
    own = [e for e in wrong(report) if e.charged_to is None or lost_points(e)]
    return own or wrong(report)


def bad_checks(entry: EntryPointReport) -> list[Check]:
    """Checks that do not hold, those that decide the verdict first."""
    bad = [c for c in entry.checks if c.status not in PASSING and c.status != UNDECIDED]
    return sorted(bad, key=lambda c: c.property == OWN_FORWARD)


def wrong_tensors(entry: EntryPointReport) -> list[str]:
    """Names of the tensors with a check that does not hold, in order."""
    return list(dict.fromkeys(c.tensor for c in bad_checks(entry) if c.tensor))


def by_convention(entry: EntryPointReport) -> bool:
    """Whether all that is wrong with it follows other conventions than the handout's."""
    followed = {name for d in entry.diagnoses if d.convention for name in d.explains}
    return bool(followed) and entry.status in ("fail", "error") and followed.issuperset(wrong_tensors(entry))


def smallest_example(entry: EntryPointReport) -> Counterexample | None:
    """The smallest of the cases that show what is wrong."""
    found = [c.counterexample for c in bad_checks(entry) if c.counterexample]
    return min(found, key=lambda e: (math.prod(e.dims.values()), sum(e.dims.values())), default=None)


def troubles(entry: EntryPointReport) -> list[Trouble]:
    """What is wrong with an entry point or worth a warning; tensors that share one exception stand together."""
    found: list[Trouble] = []
    names = dict.fromkeys(c.tensor or "" for c in entry.checks)
    for name in names:
        mine = [c for c in entry.checks if (c.tensor or "") == name]
        bad = sorted((c for c in mine if _worth_telling(c)), key=lambda c: c.property == OWN_FORWARD)
        if bad and not (bad[0].property == OWN_FORWARD and entry.status in PASSING):
            # That a wrong gradient is not its own forward's derivative either is no news; that it is explains much.
            rest = [*(c for c in bad[1:] if not _aside(c)), *(c for c in mine if _aside(c) and c.status == "pass")]
            _add(found, Trouble((name,) if name else (), bad[0], tuple(rest)))
    return found


def fine_tensors(entry: EntryPointReport) -> list[str]:
    """Tensors of an entry point in which nothing is wrong."""
    names = dict.fromkeys(c.tensor for c in entry.checks if c.tensor)
    return [n for n in names if all(c.status == "pass" for c in entry.checks if c.tensor == n and not _aside(c))]


def unjudged_tensors(entry: EntryPointReport) -> list[str]:
    """Tensors of an entry point about which nothing can be said."""
    names = dict.fromkeys(c.tensor for c in entry.checks if c.tensor and c.status == UNDECIDED and not _aside(c))
    return [n for n in names if n not in wrong_tensors(entry)]


def _worth_telling(check: Check) -> bool:
    return check.status not in ("pass", UNDECIDED)


def _aside(check: Check) -> bool:
    """A check that says nothing about right or wrong."""
    return check.property == OWN_FORWARD or (check.relation and check.status == UNDECIDED)


def broken_relations(entry: EntryPointReport) -> list[tuple[Check, list[str]]]:
    """Relations between runs that do not hold, each with its tensors: what else is known of a mistake."""
    found: dict[str, tuple[Check, list[str]]] = {}
    for check in entry.checks:
        if check.relation and check.failed and check.tensor and check.status == UNDECIDED:
            found.setdefault(check.property, (check, []))[1].append(check.tensor)
    return list(found.values())


def judged_alone(entry: EntryPointReport) -> list[Check]:
    """Checks of one run against what is right, and relations that decide a verdict by themselves."""
    return [c for c in entry.checks if not c.relation or c.status == "fail"]


def _add(found: list[Trouble], new: Trouble) -> None:
    for i, old in enumerate(found):
        if _same(old.check, new.check):
            found[i] = Trouble(old.tensors + new.tensors, old.check, old.others)
            return
    found.append(new)


def _same(a: Check, b: Check) -> bool:
    """Whether two checks tell the same story: one exception, or one behaviour, and no numbers of their own."""
    numbers = any(c.counterexample and c.counterexample.worst for c in (a, b))
    return not numbers and (a.property, a.status, a.message, a.traceback) == (
        b.property,
        b.status,
        b.message,
        b.traceback,
    )


def needs_a_person(report: Report) -> str:
    """Why a person should look at this submission; empty when nobody has to."""
    if report.status == "grader_fault":
        return "grader fault"
    if report.status == "load_error":
        return "could not be loaded"
    statuses = {e.status for e in report.entry_points}
    if "nondeterministic" in statuses:
        return "changes from call to call"
    if UNDECIDED in statuses or report.score.earned is None:
        return "not judged"
    return ""


def entry_names(reports: Sequence[Report]) -> list[str]:
    """Names of all entry points, in the order they are first seen."""
    return list(dict.fromkeys(e.name for r in reports for e in r.entry_points))


def by_assignment(reports: Sequence[Report]) -> dict[str, list[Report]]:
    """Reports of every assignment, in the order seen; those whose assignment is not known under the empty name."""
    found: dict[str, list[Report]] = {}
    for report in reports:
        found.setdefault(report.assignment or "", []).append(report)
    return dict(sorted(found.items(), key=lambda item: not item[0]))
