"""Time per submission and per case, with a bank that is already in memory."""

from __future__ import annotations

from typing import Any

import pytest

from harness import submission, verify
from harness.assignments import registry
from harness.evidence import exercise
from harness.options import Options
from harness.oracles import bank
from harness.worker.workbench import Workbench
from models import ASSIGNMENTS, model


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_grade_a_right_submission(benchmark: Any, assignment: str) -> None:
    found, asked = submission.read(model(assignment)), registry.get(assignment)
    verify.grade(found, asked, Options())
    report = benchmark(verify.grade, found, asked, Options())
    assert report.passed


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_start_a_worker_and_load(benchmark: Any, assignment: str) -> None:
    asked = registry.get(assignment)
    files = {"model.py": model(assignment).read_bytes()}

    def start() -> None:
        with Workbench(files, dict.fromkeys(asked.defined_names, "model.py"), asked) as bench:
            bench.load()

    benchmark(start)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_run_a_frame_of_cases(benchmark: Any, assignment: str) -> None:
    asked = registry.get(assignment)
    entry = asked.entry_points[-1]
    truths = bank.truths(asked.id, entry.group, "0", 44)
    exercises = [exercise(asked, entry, t) for t in truths]
    files = {"model.py": model(assignment).read_bytes()}
    with Workbench(files, dict.fromkeys(asked.defined_names, "model.py"), asked) as bench:
        bench.load()
        outcomes = benchmark(bench.run, exercises)
    assert len(outcomes) == len(truths)
