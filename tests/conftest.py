"""Shared by the tests: small submissions made on the spot, and grading them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.fixture
def grade_source(tmp_path: Path) -> Grade:
    """Grades source text as a one-file submission."""

    def grade(source: str, assignment: str = "cs231n", name: str = "rnn_layers.py", **options: object) -> Report:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        return grade_file(path, assignment, **options)

    return grade


def entry(report: Report, name: str) -> EntryPointReport:
    """The report's entry point called `name`."""
    return next(e for e in report.entry_points if e.name == name)
