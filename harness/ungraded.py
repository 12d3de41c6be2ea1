"""The report before anything is known, and the only one for what could not be graded."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from harness import __version__
from harness.report import SCHEMA, Points, Report, Seconds, SubmissionInfo

LIBRARIES = ("numpy", "torch", "hypothesis")


def ungraded(
    info: SubmissionInfo,
    assignment: str | None,
    seed: str,
    status: Literal["graded", "load_error", "grader_fault"],
    message: str = "",
    isolation: str = "none",
) -> Report:
    """A report without entry points: nothing earned, nothing possible."""
    return Report(
        schema=SCHEMA,
        submission=info,
        assignment=assignment,
        status=status,
        score=Points(None, 0.0),
        entry_points=[],
        behaviour=[],
        seed=seed,
        isolation=isolation,
        versions=versions(),
        seconds=Seconds(),
        message=message,
    )


def versions() -> dict[str, str]:
    """Versions of everything that decides about cases and verdicts."""
    return dict(_versions())


@functools.cache
def _versions() -> dict[str, str]:
    """Looked up once: they are files of installed packages, and every report and every bank tells them."""
    found = {"harness": __version__}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a platform without one of them still gets its reports
            found[name] = "not installed"
    return found
