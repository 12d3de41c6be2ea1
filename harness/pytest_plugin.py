"""pytest's side of `pytest --submission PATH`: options and collection; the rest is imported when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ANCHOR = Path(__file__)
"""The file pytest is told to collect in place of tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--submission`, `--assignment` and `--submission-seed`."""
    group = parser.getgroup("harness", "grading a submission")
    group.addoption("--submission", metavar="PATH", help="a file or folder to grade, instead of running tests")
    group.addoption("--assignment", metavar="ID", help="the assignment; recognised from the submission by default")
    group.addoption("--submission-seed", metavar="TEXT", default="0", help="fixes every case (default: 0)")


def pytest_configure(config: pytest.Config) -> None:
    """With `--submission`, the anchor is what pytest collects."""
    path = config.getoption("submission")
    if not path:
        return
    if not Path(str(path)).exists():
        import pytest

        raise pytest.UsageError(f"--submission {path}: there is no such file or folder")
    config.args[:] = [str(ANCHOR)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The tests of the submission."""
    if file_path != ANCHOR or not parent.config.getoption("submission"):
        return None
    from harness.pytest_support import SubmissionFile

    name = Path(str(parent.config.getoption("submission"))).name
    return SubmissionFile.from_parent(parent, path=file_path, nodeid=name)
