"""Grades one submission of a batch; whatever happens, a report comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.batch import fallback
from harness.batch.discover import Entry, read_entry
from harness.options import Options
from harness.recognising import Unrecognised, recognise
from harness.report import Report
from harness.submission import Submission, Unreadable
from harness.worker import starting

Grade = Callable[[Submission, Assignment, Options], Report]


def grade_entry(entry: Entry, options: Options, grade: Grade | None = None) -> Report:
    """Read, recognise and grade `entry`. `grade` is `harness.verify.grade` unless another is given."""
    read = handed_in(entry, options)
    return read if isinstance(read, Report) else grade_read(entry, read, options, grade)


def handed_in(entry: Entry, options: Options) -> Submission | Report:
    """What was handed in, or the report that says why it cannot be read."""
    try:
        return read_entry(entry)
    except Unreadable as error:
        return fallback.load_error(entry, options, f"{entry.id}: {_sentence(entry, error)}")
    except Exception as error:  # noqa: BLE001 - whatever breaks in the reader is reported as ours, and the batch goes on
        return fallback.grader_fault(entry, options, fallback.summary(error))


def grade_read(entry: Entry, submission: Submission, options: Options, grade: Grade | None = None) -> Report:
    """Recognise and grade what was read."""
    try:
        assignment = registry.get(entry.assignment) if entry.assignment else recognise(submission, registry.every())
        if grade is None:
            starting.prepare(assignment, options.isolation)  # warms itself beside the imports of the engine
        return _shareable((grade or engine())(submission, assignment, options), options)
    except (Unreadable, Unrecognised) as error:
        return fallback.load_error(entry, options, f"{entry.id}: {_sentence(entry, error)}", submission)
    except Exception as error:  # noqa: BLE001 - whatever breaks in the grader is reported as ours, and the batch goes on
        return fallback.grader_fault(entry, options, fallback.summary(error), submission)


def engine() -> Grade:
    """`harness.verify.grade`; imported late because it brings in PyTorch."""
    from harness.verify import grade

    return grade


def _shareable(report: Report, options: Options) -> Report:
    """The report without what the course keeps to itself."""
    if not options.hide_expected:
        return report
    from harness.reporting.hide import hide_expected

    return hide_expected(report)


def _sentence(entry: Entry, error: Exception) -> str:
    """The error without the name it begins with, which the report gives already."""
    return str(error).removeprefix(f"{Path(entry.path).name}: ")
