"""The main property: every tensor of an entry point agrees with the oracle, on every case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import Tensor, part_names
from harness.oracles.bank import Truth
from harness.properties.comparison import Comparison, compare, merge
from harness.wire import Failure
from harness.worker.session import Ended, Outcome, Result

Array = np.ndarray[Any, Any]
AllowedIn = Callable[[Truth, str], dict[str, Array]]

MATCHES = "matches_autograd"
NO_FOLDER = "isolation level restricted has no writable folder, levels full and process have"


class CaseVerdict(msgspec.Struct, frozen=True):
    """One tensor on one case: `pass`, `precision`, `fail`, `error` or `not_judged`; `part` names the worst array."""

    truth: Truth
    status: str
    part: str = ""
    comparison: Comparison = Comparison()
    trouble: str = ""


def judge(tensor: Tensor, truth: Truth, outcome: Outcome, allowed_in: AllowedIn) -> CaseVerdict:
    """One tensor of one outcome against the truth. An outcome without arrays is an error of every tensor."""
    if isinstance(outcome, Failure) and outcome.unwritable:
        return CaseVerdict(truth, "not_judged", trouble=trouble_of(outcome))
    if not isinstance(outcome, Result):
        return CaseVerdict(truth, "error", trouble=trouble_of(outcome))
    names = part_names(tensor.name, tensor.per_layer, truth.case.dims)
    missing = next((n for n in names if n not in outcome.arrays), None)
    if missing:
        what = outcome.instead.get(missing, "missing from what was returned")
        return CaseVerdict(truth, "error", missing, trouble=f"{missing} is {what}, expected an array of numbers")
    dtype = truth.case.dtype
    parts = {n: compare(outcome.arrays[n], truth.expected[n], truth.allowed[n], dtype) for n in names}
    part, worst = merge(parts)
    if worst.trouble:
        return CaseVerdict(truth, "error", part, worst, f"{part} {worst.trouble}")
    if worst.passes:
        return CaseVerdict(truth, "not_judged" if worst.undecidable else "pass", part, worst)
    return CaseVerdict(truth, _precision_or_fail(names, truth, outcome, allowed_in), part, worst)


def _precision_or_fail(names: Sequence[str], truth: Truth, outcome: Result, allowed_in: AllowedIn) -> str:
    """`precision` when the numbers would do had all been computed in float32."""
    if truth.case.dtype != "float64":
        return "fail"
    wider = allowed_in(truth, "float32")
    close = all(compare(outcome.arrays[n], truth.expected[n], wider[n]).passes for n in names)
    return "precision" if close else "fail"


def trouble_of(outcome: Failure | Ended) -> str:
    """What happened instead of a result, in words."""
    if isinstance(outcome, Ended):
        return outcome.why
    if outcome.unwritable:
        return f"it needs to write a file ({outcome.unwritable}); {NO_FOLDER}"
    return f"{outcome.kind}: {outcome.message}"


def tensor_status(verdicts: Sequence[CaseVerdict]) -> str:
    """A tensor passes when no case fails and at least half of the cases could be judged."""
    statuses = [v.status for v in verdicts]
    found = set(statuses)
    if found == {"pass"}:
        return "pass"
    for status in ("error", "fail", "precision"):
        if status in found:
            return status
    return "pass" if 2 * statuses.count("pass") >= len(statuses) and statuses else "not_judged"
