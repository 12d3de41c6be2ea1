"""Shared by the tests: grading a file, and finding an entry point in its report."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from harness import submission as submissions
from harness import verify
from harness.assignments import registry
from harness.options import Options
from harness.report import EntryPointReport, Report

DEEP = os.environ.get("HARNESS_PROFILE") == "nightly"
"""Whether the meta-tests go as deep as the nightly environment does."""

Grade = Callable[..., Report]


def grade_file(path: Path, assignment: str, **options: object) -> Report:
    """The report on one submission."""
    return verify.grade(submissions.read(path), registry.get(assignment), Options(**options))  # type: ignore[arg-type]


def entry(report: Report, name: str) -> EntryPointReport:
    """The report's entry point called `name`."""
    return next(e for e in report.entry_points if e.name == name)
