"""Reports for what could not be graded: every submission ends in one."""

from __future__ import annotations

import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import harness
from harness.batch.discover import Entry
from harness.options import Options
from harness.report import SCHEMA, Points, Report, Seconds, SubmissionInfo
from harness.submission import Submission, clean

LIBRARIES = ("numpy", "torch", "hypothesis")


def load_error(entry: Entry, options: Options, message: str, submission: Submission | None = None) -> Report:
    """The report about something handed in that could not be loaded, and why."""
    return _ungraded(entry, options, "load_error", message, submission)


def grader_fault(entry: Entry, options: Options, message: str, submission: Submission | None = None) -> Report:
    """The report about a submission that the harness itself failed to grade; never the student's fault."""
    return _ungraded(entry, options, "grader_fault", message, submission)


def summary(error: BaseException) -> str:
    """An exception of ours in one line: what it was and where, without the values at hand."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f" ({'/'.join(Path(last.filename).parts[-2:])}, line {last.lineno}, in {last.name})" if last else ""
    return traceback.format_exception_only(error)[-1].strip() + where


def _ungraded(
    entry: Entry,
    options: Options,
    status: Literal["load_error", "grader_fault"],
    message: str,
    submission: Submission | None,
) -> Report:
    info = SubmissionInfo(entry.id, clean(entry.path), submission.sha256 if submission else "")
    return Report(
        schema=SCHEMA,
        submission=info,
        assignment=entry.assignment,
        status=status,
        score=Points(None, 0.0),
        entry_points=[],
        behaviour=[],
        seed=options.seed,
        isolation="none",
        versions=_versions(),
        seconds=Seconds(),
        message=message,
    )


def _versions() -> dict[str, str]:
    found = {"harness": harness.__version__}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
