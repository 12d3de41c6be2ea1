"""Which elements of a tensor are wrong on a case: what localisation and pictures are made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.assignments.contract import Tensor, part_names
from harness.evidence import Evidence
from harness.oracles.bank import Truth
from harness.worker.session import Result

Array = np.ndarray[Any, Any]
Masks = dict[str, Array]


def masks(tensor: Tensor, truth: Truth, outcome: Result) -> Masks | None:
    """For every part of a tensor, the elements further off than rounding allows; None where a shape is wrong."""
    found = {}
    for name in part_names(tensor.name, tensor.per_layer, truth.case.dims):
        actual, expected = outcome.arrays.get(name), truth.expected[name]
        if actual is None or actual.shape != expected.shape:
            return None
        with np.errstate(invalid="ignore", over="ignore"):
            found[name] = ~(np.abs(actual - expected) <= truth.allowed[name])
    return found


def failing(evidence: Evidence, tensor: Tensor) -> Iterator[tuple[Truth, Result, Masks]]:
    """Every case on which the tensor fails by its numbers, with the elements that are wrong."""
    outcomes = {id(t): o for t, o in zip(evidence.truths, evidence.outcomes, strict=False)}
    for verdict in evidence.verdicts.get(tensor.name, ()):
        outcome = outcomes.get(id(verdict.truth))
        if verdict.status == "fail" and isinstance(outcome, Result):
            wrong = masks(tensor, verdict.truth, outcome)
            if wrong is not None:
                yield verdict.truth, outcome, wrong
