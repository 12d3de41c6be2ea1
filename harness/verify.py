"""One submission becomes one report: the file that is meant, the handout's modules where they are needed."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from harness import (
    other_homework,
    python2,
    rubric,
    stopwatch,
)
from harness.assignments.contract import Assignment
from harness.choosing import choose
from harness.judging import Grading, base
from harness.options import Options
from harness.oracles.bank import GraderFault
from harness.report import (
    Report,
    Seconds,
)
from harness.submission import Submission, Unreadable
from harness.undisturbed import Witness, undisturbed
from harness.worker import isolation
from harness.worker.session import StartFault
from harness.worker.workbench import Workbench

GRADERS = ("starting", "oracle", "shrinking", "diagnosis")
"""Phases that the stopwatch counts by name; the rest is judging."""


def grade(submission: Submission, assignment: Assignment, options: Options) -> Report:
    """Everything that can be found out about `submission`. Never raises for what a student wrote.

    Raises `isolation.Unavailable` where the machine does not offer the level of isolation that was asked for.
    """
    options = msgspec.structs.replace(options, isolation=isolation.reached(options.isolation))
    assignment = msgspec.structs.replace(assignment, limits=rubric.limits(options.rubric, assignment))
    try:
        choice = choose(submission, assignment, options.attempt)
    except Unreadable as error:
        return _unjudged(submission, assignment, options, "load_error", str(error))
    with _uncollected():
        report = undisturbed(lambda: _best(choice.submission, assignment, options, choice.files))
    return msgspec.structs.replace(report, notes=[*choice.notes, *python2.hints(_said(report)), *report.notes])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for garbage in cycles afterwards: looking again and again at everything a grader keeps took a fifth of its
    time, and what one submission leaves behind is little."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _said(report: Report) -> list[str]:
    """Every message of the report."""
    checks = [check.message for entry in report.entry_points for check in entry.checks]
    return [report.message, *(entry.message for entry in report.entry_points), *checks]


def _best(submission: Submission, assignment: Assignment, options: Options, files: dict[str, str]) -> Report:
    """The report, with the handout's modules of other homework in place of the submission's where that is better."""
    contents = {file.name: file.data for file in submission.files}
    report = _graded(submission, assignment, options, files, contents)
    given = contents
    for replaced in other_homework.replaceable(assignment, files, contents):
        if not other_homework.fails(report):
            break
        left = {name: data for name, data in given.items() if name not in replaced}
        note = f"{', '.join(replaced)} could not serve here; the handout's was taken instead"
        again = _graded(submission, assignment, options, files, left)
        report = other_homework.better(report, other_homework.without_notes_on(again, replaced), note)
        contents = left if note in report.notes else contents
    asked = other_homework.asked_for(assignment.supplied_otherwise, contents) if other_homework.fails(report) else []
    if asked:
        otherwise = {**assignment.supplied, **assignment.supplied_otherwise}
        assignment = msgspec.structs.replace(assignment, supplied=otherwise)
        note = f"the {', '.join(asked)} supplied here is the one of other years, which this code was written for"
        report = other_homework.better(report, _graded(submission, assignment, options, files, contents), note)
    return report


def _graded(
    submission: Submission,
    assignment: Assignment,
    options: Options,
    files: dict[str, str],
    contents: dict[str, bytes],
) -> Report:
    began = time.monotonic()
    stopwatch.start()
    with Witness(contents, files, assignment, isolation.reached(options.isolation)) as bench:
        try:
            report = Grading(submission, bench, options).report()
        except (GraderFault, StartFault) as fault:
            return _unjudged(submission, assignment, options, "grader_fault", str(fault))
        bench.stop()
        seconds = _seconds(bench, time.monotonic() - began)
    return msgspec.structs.replace(report, seconds=seconds)


def _seconds(bench: Workbench, total: float) -> Seconds:
    """Calls tried again are none of the submission's time: what is not its own is the grader's judging."""
    named = {name: spent for name, spent in stopwatch.spent().items() if name in GRADERS}
    rest = total - bench.load_seconds - bench.run_seconds - sum(named.values())
    return Seconds(bench.load_seconds, bench.run_seconds, total, **named, judging=max(rest, 0.0))


def _unjudged(submission: Submission, assignment: Assignment, options: Options, status: str, message: str) -> Report:
    return msgspec.structs.replace(base(submission, assignment, options), status=status, message=message)
