"""Reports for what could not be graded: every submission ends in one."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Literal

from harness.batch.discover import Entry
from harness.options import Options
from harness.report import Report, SubmissionInfo
from harness.submission import Submission, clean
from harness.ungraded import ungraded


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
    return ungraded(info, entry.assignment, options.seed, status, message)
