"""Grading costs what it did: round trips, calls, bytes, evaluations, imports. No seconds, so it holds anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import counting
from harness.assignments import registry

FILE = Path(__file__).with_name("counts.json")
RECORDED: dict[str, counting.Counts] = json.loads(FILE.read_text())
SLACK = {"bytes sent": 0.02, "bytes received": 0.02, "modules": 0.05}
"""How much of what was recorded may come on top, or be missing; of everything else nothing."""
ADVICE = "If that is meant, record it: python tests/counting.py > tests/counts.json"


def _compare(what: str, now: counting.Counts) -> None:
    before = RECORDED.get(what, {})
    for name in sorted(before.keys() | now.keys()):
        was, came = before.get(name, 0), now.get(name, 0)
        assert abs(came - was) <= SLACK.get(name, 0.0) * was, f"{what}, {name}: {came}, recorded {was}. {ADVICE}"


@pytest.mark.parametrize("assignment", [a.id for a in registry.every()])
def test_a_right_submission_costs_what_it_did(assignment: str, tmp_path: Path) -> None:
    _compare(assignment, counting.right(assignment, tmp_path))


def test_a_bank_is_made_with_as_many_evaluations_as_before() -> None:
    _compare("a bank that is not there", counting.cold())


def test_a_check_imports_what_it_did(tmp_path: Path) -> None:
    before, now = RECORDED["imports of a check"], counting.imports(tmp_path)
    assert now.keys() <= before.keys(), f"a check imports {sorted(now.keys() - before.keys())} besides. {ADVICE}"
    _compare("imports of a check", {**before, "modules": now["modules"]})


def test_a_warm_bank_needs_no_oracle() -> None:
    for asked in registry.every():
        assert RECORDED[asked.id]["evaluations of PyTorch"] == 0
        assert RECORDED[asked.id]["evaluations of the model solution"] == 0
