"""What has to be graded again: whatever differs in anything that a verdict depends on."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import platform
import sys
from pathlib import Path

import msgspec

from harness.assignments import registry
from harness.batch.discover import Entry, read_entry
from harness.batch.store import Inputs, Verdict
from harness.fingerprint import fingerprint
from harness.options import Options
from harness.report import Points, Report, Status
from harness.ungraded import versions

PACKAGES = ("harness", "reference_impls")
REASONS = {
    "content": "the submission changed",
    "assignment": "it is graded as another assignment",
    "options": "the rubric, the seed or another option changed",
    "versions": "the harness or a library changed",
}


def inputs_of(entry: Entry, options: Options) -> Inputs:
    """All that the verdict about a submission depends on. One that cannot be read has no content."""
    try:
        content = read_entry(entry).sha256
    except Exception:  # noqa: BLE001 - whatever is in the way is told where the submission is graded
        content = ""
    asked = hashlib.sha256(msgspec.json.encode(options, order="sorted")).hexdigest()
    return Inputs(content, entry.assignment or "", asked, made_by())


def made_by() -> str:
    """The versions of all that verdicts are made with; one text, however many verdicts name it."""
    return sys.intern(f"{versions()} Python {platform.python_version()} {code()}")


@functools.cache
def code() -> str:
    """A fingerprint of the harness's own code, and of assignments in other packages: a version number alone does not
    change with every edit."""
    return fingerprint(*_roots())


def _roots() -> list[Path]:
    """The folders that decide about verdicts."""
    house = Path(__file__).resolve().parents[2]
    usable = [a for a in registry.every() if registry.folders()[a.id].partition(".")[0] not in PACKAGES]
    modules = {name for a in usable for name in (f"{registry.folders()[a.id]}.contract", a.model) if name}
    specs = [importlib.util.find_spec(name) for name in sorted(modules)]
    others = {Path(spec.origin).parent for spec in specs if spec and spec.origin}
    return [*(house / name for name in PACKAGES), *sorted(others)]


class Standing(msgspec.Struct, frozen=True):
    """What a submission came to: as much of a verdict as tells whether another one differs, and why."""

    inputs: Inputs
    score: Points
    statuses: tuple[tuple[str, Status], ...]


def standing(verdict: Verdict) -> Standing:
    """What is compared with the next verdict."""
    report, inputs = verdict.report, verdict.inputs
    known = Inputs(inputs.content, *map(sys.intern, (inputs.assignment, inputs.options, inputs.versions)))
    return Standing(known, report.score, tuple((sys.intern(e.name), e.status) for e in report.entry_points))


def holds(verdict: Verdict, asked: Inputs) -> bool:
    """Whether grading again would come to the same. What could not be read, or was our own fault, is tried again.

    A verdict has to be about the very content it is kept for, which may have changed while it waited its turn.
    """
    about = verdict.report.submission.sha256
    same = verdict.inputs == asked and bool(about) and about == verdict.inputs.content
    return same and verdict.report.status != "grader_fault"


def change(before: Standing | None, inputs: Inputs, report: Report) -> str:
    """A line about a submission graded before whose points or verdicts are others now, and why that may be."""
    moved = _moved(before, report) if before else ""
    return f"{report.submission.id}: {moved} ({_why(before.inputs, inputs)})" if before and moved else ""


def _moved(before: Standing, after: Report) -> str:
    """What is different, points first; empty where nothing is."""
    old = dict(before.statuses)
    parts = []
    if before.score != after.score:
        parts.append(f"{_points(before.score)} → {_points(after.score)}")
    for entry in after.entry_points:
        earlier = old.get(entry.name, entry.status)
        if earlier != entry.status:
            parts.append(f"{entry.name} {earlier} → {entry.status}")
    return ", ".join(parts)


def _points(score: Points) -> str:
    return "not judged" if score.earned is None else f"{score.earned:g} of {score.possible:g}"


def _why(before: Inputs, after: Inputs) -> str:
    reasons = [words for name, words in REASONS.items() if getattr(before, name) != getattr(after, name)]
    return " and ".join(reasons) or "graded again"
