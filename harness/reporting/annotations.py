"""A report as annotations of a pull request on GitHub: at most ten lines, the dearest mistakes first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from harness.report import EntryPointReport, Report
from harness.reporting import content, wording
from harness.reporting.cleaning import plain

MOST = 10
"""GitHub shows no more of one step."""
IN_CELL = ", cell "
"""Between the name of a notebook and a place in it."""


def annotated(*reports: Report) -> str:
    """Workflow commands, one a line. No text of a student's can begin a line, so none can be a command."""
    graded = [r for r in reports if _judged(r)]
    failed = [r for r in reports if not _judged(r)]
    lines = [_command("error", r.submission.path, None, "not graded", wording.headline(r)) for r in failed]
    wrong = [(report, entry) for report in graded for entry in content.wrong(report)]
    lines += [_wrong(*each) for each in sorted(wrong, key=lambda each: _lost(each[1]), reverse=True)]
    lines += [_rough(r, e) for r in graded for e in content.right(r) if e.status == "precision"]
    lines += [_rough(r, e) for r in graded for e in content.unjudged(r)]
    return "".join([*lines[: MOST - 1], _command("notice", "", None, "harness", _sum(reports))])


def _judged(report: Report) -> bool:
    return report.status == "graded" and bool(report.entry_points)


def _sum(reports: Sequence[Report]) -> str:
    """What it all comes to."""
    if len(reports) == 1:
        return f"{wording.points_text(reports[0].score)}. {wording.headline(reports[0])}"
    return f"{sum(report.passed for report in reports)} of {len(reports)} submissions are right."


def _lost(entry: EntryPointReport) -> float:
    return entry.points.possible - (entry.points.earned or 0.0)


def _wrong(report: Report, entry: EntryPointReport) -> str:
    kind = "error" if content.lost_points(entry) or entry.charged_to is None else "notice"
    hints = [d.explanation or d.question for d in entry.diagnoses]
    return _command(kind, *_place(report, entry), entry.name, " ".join([wording.entry_sentence(entry), *hints]))


def _rough(report: Report, entry: EntryPointReport) -> str:
    return _command("warning", *_place(report, entry), entry.name, wording.entry_sentence(entry))


def _place(report: Report, entry: EntryPointReport) -> tuple[str, int | None]:
    """The file as it lies in the repository, and the line; a notebook has no lines that could be shown."""
    path = PurePosixPath(report.submission.path)
    if not entry.file:
        return str(path), None
    name, in_cell, _ = entry.file.partition(IN_CELL)
    inside = path.name == PurePosixPath(name).name and path.suffix in (".py", ".ipynb")
    return str(path if inside else path / name), None if in_cell else entry.line


def _command(kind: str, file: str, line: int | None, title: str, message: str) -> str:
    given = {"file": file, "line": str(line or ""), "title": title}
    properties = ",".join(f"{name}={_property(value)}" for name, value in given.items() if value)
    return f"::{kind} {properties}::{_message(message)}\n"


def _message(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
