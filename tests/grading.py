"""Shared by the tests: grading a file, and finding an entry point in its report."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from harness import submission as submissions
from harness import verify
from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.options import Options
from harness.report import EntryPointReport, Report

DEEP = os.environ.get("HARNESS_PROFILE") == "nightly"
"""Whether the meta-tests go as deep as the nightly environment does."""

Grade = Callable[..., Report]


def impatient(assignment: str) -> Assignment:
    """The assignment, with less patience for calls that never end; a call of right code takes milliseconds."""
    asked = registry.get(assignment)
    return msgspec.structs.replace(asked, limits=msgspec.structs.replace(asked.limits, cpu_call=1.0))


def grade_file(path: Path, assignment: str | Assignment, **options: object) -> Report:
    """The report on one submission."""
    asked = registry.get(assignment) if isinstance(assignment, str) else assignment
    return verify.grade(submissions.read(path), asked, Options(**options))  # type: ignore[arg-type]


def entry(report: Report, name: str) -> EntryPointReport:
    """The report's entry point called `name`."""
    return next(e for e in report.entry_points if e.name == name)
