"""Fixtures: small submissions made on the spot."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from grading import Grade, grade_file
from harness.batch import keeping
from harness.batch.discover import Entry
from harness.batch.keeping import OnDone
from harness.batch.one import grade_entry
from harness.options import Options
from harness.oracles import bank_folder
from harness.report import Report
from harness.worker import isolation

if wanted := os.environ.get("HARNESS_ISOLATION"):  # to run the tests at a lower level than the machine offers
    level = isolation.reached(wanted)
    isolation.strongest = lambda: level  # type: ignore[assignment]


def pytest_configure(config: pytest.Config) -> None:
    """Banks of cases are kept for one run of the tests, in a folder that all its processes share."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        kept = tempfile.TemporaryDirectory(prefix="harness-tests-")
        os.environ[bank_folder.VARIABLE] = kept.name
        config.add_cleanup(kept.cleanup)


@pytest.fixture
def grade_source(tmp_path: Path) -> Grade:
    """Grades source text as a one-file submission."""

    def grade(source: str, assignment: str = "cs231n", name: str = "rnn_layers.py", **options: object) -> Report:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        return grade_file(path, assignment, **options)

    return grade


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are graded in this process: no grader process has to import PyTorch first."""

    def in_turn(waiting: Sequence[Entry], options: Options, _: int, on_done: OnDone, *__: object) -> None:
        for each in waiting:
            on_done(grade_entry(each, options))

    monkeypatch.setattr(keeping, "grade_each", in_turn)
