"""Right code never fails far beyond what is graded: long sequences, saturation, huge and tiny numbers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from formulations.running import defined
from grading import DEEP
from harness.assignments import registry
from harness.audit import rounding, wild
from harness.audit.rounding import PRECISIONS
from harness.cases.case import Case
from harness.oracles.allowances import THRESHOLD
from sharing import share

FORMULATIONS = Path(__file__).parent.parent / "formulations"
GROUPS = [(a.id, g.name) for a in registry.every() for g in a.groups if any(e.group == g.name for e in a.entry_points)]
CASES, CHUNK = (500, 100) if DEEP else (8, 8)


def _programs(assignment: str, group: str) -> list[Path]:
    """Formulations of entry points of the group: one of them, or all."""
    contract = registry.get(assignment)
    files = sorted((FORMULATIONS / assignment).glob("*.py"))
    held = [f for f in files if any(e.group == group for e in defined(f, contract))]
    return share(held, lambda path: f"{group} {path.stem}", lambda path: [group], 10**9)


@pytest.mark.parametrize(("assignment", "group"), GROUPS, ids=[f"{a}-{g}" for a, g in GROUPS])
def test_right_code_passes_wild_cases_in_both_precisions(assignment: str, group: str) -> None:
    contract = msgspec.structs.replace(registry.get(assignment), dtypes=PRECISIONS)
    cases, programs = wild.cases(contract, contract.group(group), "wild", CASES), _programs(assignment, group)
    assert programs
    assert {case.dtype for case in cases} == set(PRECISIONS)
    for start in range(0, CASES, CHUNK):
        seen = rounding.seen(contract, group, cases[start : start + CHUNK], programs)
        assert not seen.failures, seen.failures[:3]
        assert seen.runs >= CHUNK * len(programs)
        assert seen.worst < 0.75 * THRESHOLD, "the threshold has little room left"


def test_what_fails_or_never_returns_is_not_passed_over(tmp_path: Path) -> None:
    contract = msgspec.structs.replace(registry.get("cs231n"), dtypes=PRECISIONS)
    cases = wild.cases(contract, contract.group("temporal_affine"), "wild", 4)
    source = "import os\ndef temporal_affine_forward(x, w, b):\n    {}\n    return x @ w + 1.001 * b, (x, w)\n"
    for number, line in enumerate(("pass", "raise ValueError('never')", "os._exit(0)")):
        path = tmp_path / f"wrong{number}.py"
        path.write_text(source.format(line))
        seen = rounding.seen(contract, "temporal_affine", cases, [path])
        assert seen.failures, line


def test_numbers_that_leave_the_range_of_a_precision_are_nobodys_mistake() -> None:
    contract = msgspec.structs.replace(registry.get("cs187"), dtypes=PRECISIONS)
    case = Case(dims={"T": 121, "D": 25}, scale="wild", dtype="float32", seed=20445, layout="strided")
    programs = _programs("cs187", "forward")[:1]
    assert rounding.seen(contract, "forward", [case], programs) == rounding.Seen()
    wide = rounding.seen(contract, "forward", [msgspec.structs.replace(case, dtype="float64")], programs)
    assert (wide.runs, wide.failures) == (1, ())
