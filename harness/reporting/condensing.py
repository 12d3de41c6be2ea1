"""Reports of a batch, small enough to be held all at once: without what only a submission's own page shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from harness.report import Check, Counterexample, Diagnosis, EntryPointReport, Report


def condensed(reports: Iterable[Report]) -> Iterator[Report]:
    """The reports, with all that the gradebook, the summary and the table in a terminal show.

    What is the same in several of them is held once: most of a class has the same right answers.
    """
    entries: dict[bytes, EntryPointReport] = {}
    versions: dict[str, dict[str, str]] = {}
    for report in reports:
        yield replace(
            report,
            entry_points=[_shared(_entry(entry), entries) for entry in report.entry_points],
            traceback=report.traceback[-1:],
            behaviour=[],
            notes=[],
            versions=versions.setdefault(repr(report.versions), report.versions),
        )


def _shared(entry: EntryPointReport, seen: dict[bytes, EntryPointReport]) -> EntryPointReport:
    return seen.setdefault(hashlib.sha256(msgspec.json.encode(entry)).digest(), entry)


def _entry(entry: EntryPointReport) -> EntryPointReport:
    checks, diagnoses = [_check(c) for c in entry.checks], [_diagnosis(d) for d in entry.diagnoses]
    return replace(entry, checks=checks, diagnoses=diagnoses, pictures=None, unnamed="")


def _check(check: Check) -> Check:
    example = Counterexample(check.counterexample.dims, 0) if check.counterexample else None
    return replace(
        check,
        counterexample=example,
        traceback=check.traceback[-1:],
        where=[],
        worst_ratio=None,
        first_failed=None,
    )


def _diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, explanation="", fix="", charge="")
