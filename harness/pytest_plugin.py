"""pytest's side of `pytest --submission PATH`: options and collection; the rest is imported when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ANCHOR = Path(__file__)
"""The file pytest is told to collect in place of tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--submission`, `--assignment`, `--submission-seed` and `--submission-isolation`."""
    group = parser.getgroup("harness", "grading a submission")
    group.addoption("--submission", metavar="PATH", help="a file or folder to grade, instead of running tests")
    group.addoption("--assignment", metavar="ID", help="the assignment; recognised from the submission by default")
    group.addoption("--submission-seed", metavar="TEXT", default="0", help="fixes every case (default: 0)")
    levels = "full, restricted or process (default: the strongest there is)"
    group.addoption("--submission-isolation", metavar="LEVEL", default="", help=levels)


def pytest_configure(config: pytest.Config) -> None:
    """With `--submission`, the anchor is what pytest collects."""
    path = config.getoption("submission")
    if not path:
        return
    import pytest

    from harness.worker import isolation

    try:
        isolation.chosen(config.getoption("submission_isolation"), other_peoples_code=False)
    except isolation.Unavailable as error:
        raise pytest.UsageError(f"--submission-isolation: {error}") from None
    if not Path(str(path)).exists():
        raise pytest.UsageError(f"--submission {path}: there is no such file or folder")
    config.args[:] = [str(ANCHOR)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The tests of the submission."""
    if file_path != ANCHOR or not parent.config.getoption("submission"):
        return None
    from harness.pytest_support import SubmissionFile

    name = Path(str(parent.config.getoption("submission"))).name
    return SubmissionFile.from_parent(parent, path=file_path, nodeid=name)
