"""Behaviour that a handout demands of particular tensors, so that it fails and does not only warn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.assignments.contract import Tensor, part_names
from harness.oracles.bank import Truth
from harness.properties.agreement import CaseVerdict
from harness.properties.comparison import Comparison, compare
from harness.worker.session import Outcome, Result

Array = np.ndarray[Any, Any]

KEEPS_DTYPE = "keeps_dtype"
ACCUMULATE = "gradients_accumulate"
RESETS = "zero_grad_resets"


def keeps_dtype(tensor: Tensor, truth: Truth, outcome: Outcome) -> CaseVerdict:
    """The result has the dtype of the inputs."""
    if not isinstance(outcome, Result):
        return CaseVerdict(truth, "not_judged")
    for name in part_names(tensor.name, tensor.per_layer, truth.case.dims):
        array = outcome.arrays.get(name)
        if array is not None and array.dtype.name != truth.case.dtype:
            text = f"{name} has dtype {array.dtype.name} for inputs of dtype {truth.case.dtype}"
            return CaseVerdict(truth, "fail", name, trouble=text)
    return CaseVerdict(truth, "pass")


def accumulates(tensor: Tensor, truth: Truth, single: Outcome, repeated: Outcome) -> CaseVerdict:
    """A second backward call adds to the gradient of the first: afterwards it is twice as large."""
    once = single.arrays.get(tensor.name) if isinstance(single, Result) else None
    twice = repeated.arrays.get(f"twice/{tensor.name}") if isinstance(repeated, Result) else None
    if once is None or twice is None or not np.all(np.isfinite(once)):
        return CaseVerdict(truth, "not_judged")
    comparison = compare(twice, 2.0 * once.astype(np.float64), 2.0 * truth.allowed[tensor.name])
    if comparison.passes:
        return CaseVerdict(truth, "pass", tensor.name, comparison)
    kept = twice.shape == once.shape and compare(twice, once, truth.allowed[tensor.name]).passes
    how = "the second call replaced the first one's gradient" if kept else "it is not twice the first one's"
    return CaseVerdict(truth, "fail", tensor.name, comparison, f"after two backward calls on the same data {how}")


def resets(tensor: Tensor, truth: Truth, repeated: Outcome) -> CaseVerdict:
    """After `zero_grad` the gradient is zero, in its shape."""
    if not isinstance(repeated, Result) or f"twice/{tensor.name}" not in repeated.arrays:
        return CaseVerdict(truth, "not_judged")
    after = repeated.arrays.get(f"reset/{tensor.name}")
    if after is None:
        found = repeated.instead.get(f"reset/{tensor.name}")
        text = f"it is {found} after zero_grad()" if found else "there is no zero_grad()"
        return CaseVerdict(truth, "fail", tensor.name, Comparison(trouble=text), text)
    if after.shape == () and after == 0:  # the number 0, to which the next backward can add
        return CaseVerdict(truth, "pass", tensor.name)
    expected = np.zeros(truth.expected[tensor.name].shape)
    comparison = compare(after, expected, np.zeros(expected.shape))
    if comparison.passes:
        return CaseVerdict(truth, "pass", tensor.name, comparison)
    text = comparison.trouble or "it is not zero after zero_grad()"
    return CaseVerdict(truth, "fail", tensor.name, Comparison(trouble=text), text)


def status(verdicts: Sequence[CaseVerdict]) -> str:
    """`fail` when one case fails, `pass` when at least one case passes, else `not_judged`."""
    statuses = {v.status for v in verdicts}
    return next((s for s in ("fail", "pass") if s in statuses), "not_judged")
