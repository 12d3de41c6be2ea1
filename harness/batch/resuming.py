"""What has to be graded again: whatever differs in anything that a verdict depends on."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from harness.assignments import registry
from harness.batch.discover import Entry, read_entry
from harness.batch.store import Inputs, Verdict
from harness.fingerprint import fingerprint
from harness.options import Options
from harness.report import Report
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
    return Inputs(content, entry.assignment or "", asked, f"{versions()} Python {platform.python_version()} {code()}")


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


def kept(entries: Sequence[Entry], inputs: Mapping[str, Inputs], known: Mapping[str, Verdict]) -> dict[str, Report]:
    """Reports that would come out the same. What could not be read, or was our own fault, is tried again."""
    found = {}
    for entry in entries:
        verdict = known.get(entry.id)
        if verdict is not None and verdict.inputs == inputs[entry.id] and _holds(verdict):
            found[entry.id] = verdict.report
    return found


def _holds(verdict: Verdict) -> bool:
    """Whether a verdict is about the very content it is kept for, which may have changed while it waited its turn."""
    about = verdict.report.submission.sha256
    return bool(about) and about == verdict.inputs.content and verdict.report.status != "grader_fault"


def changes(known: Mapping[str, Verdict], inputs: Mapping[str, Inputs], reports: Sequence[Report]) -> list[str]:
    """A line for every submission graded before whose points or verdicts are others now, and why that may be."""
    lines = []
    for report in reports:
        before = known.get(report.submission.id)
        if before is not None:
            moved = _moved(before.report, report)
            if moved:
                lines.append(f"{report.submission.id}: {moved} ({_why(before.inputs, inputs[report.submission.id])})")
    return lines


def _moved(before: Report, after: Report) -> str:
    """What is different, points first; empty where nothing is."""
    old = {e.name: e for e in before.entry_points}
    parts = []
    if before.score != after.score:
        parts.append(f"{_points(before)} → {_points(after)}")
    for entry in after.entry_points:
        earlier = old.get(entry.name)
        if earlier is not None and earlier.status != entry.status:
            parts.append(f"{entry.name} {earlier.status} → {entry.status}")
    return ", ".join(parts)


def _points(report: Report) -> str:
    earned = report.score.earned
    return "not judged" if earned is None else f"{earned:g} of {report.score.possible:g}"


def _why(before: Inputs, after: Inputs) -> str:
    reasons = [words for name, words in REASONS.items() if getattr(before, name) != getattr(after, name)]
    return " and ".join(reasons) or "graded again"
