"""Judging all cases at once says what judging each by itself says, whatever came back."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.assignments import registry
from harness.assignments.contract import EntryPoint, Tensor, part_names
from harness.evidence import judged
from harness.oracles import bank
from harness.oracles.allowances import undecidable, undecidable_each
from harness.oracles.bank import Truth
from harness.properties import agreement
from harness.properties.agreement import CaseVerdict
from harness.wire import Failure
from harness.worker.session import Ended, Outcome, Result

Array = np.ndarray[Any, Any]

CHANGES: tuple[Callable[[Array, Array], Array], ...] = (
    lambda right, allowed: right,
    lambda right, allowed: right + 0.9 * allowed,
    lambda right, allowed: right + 1.1 * allowed,
    lambda right, allowed: right.astype(np.float32),
    lambda right, allowed: right.astype(np.int64),
    lambda right, allowed: right.astype(np.complex128),
    lambda right, allowed: np.asfortranarray(right),
    lambda right, allowed: right[..., None],
    lambda right, allowed: np.where(np.arange(right.size).reshape(right.shape) == 0, np.nan, right),
    lambda right, allowed: np.where(np.arange(right.size).reshape(right.shape) == 0, np.inf, right),
    lambda right, allowed: np.zeros_like(right),
)


def _outcome(truth: Truth, names: list[str], draw: random.Random) -> Outcome | None:
    """A result in which some arrays were changed, an array that is missing, or no result at all."""
    kind = draw.random()
    if kind < 0.1:
        return draw.choice([None, Failure("E", "m"), Ended("it ended")])
    with np.errstate(invalid="ignore"):
        arrays = {
            n: draw.choice(CHANGES if draw.random() < 0.3 else CHANGES[:2])(truth.expected[n], truth.allowed[n])
            for n in names
        }
    if kind < 0.2:
        arrays.pop(draw.choice(names))
    return Result(arrays, {n: "None" for n in names if n not in arrays})


def _names(tensors: tuple[Tensor, ...], truth: Truth) -> list[str]:
    return [n for t in tensors for n in part_names(t.name, t.per_layer, truth.case.dims)]


LOOKED_AT = ("rnn_backward", "temporal_softmax_loss", "CaptioningRNN.sample[rnn]", "RNNPhonemeClassifier.backward")
"""Matrices, a single number, whole numbers, several arrays to a tensor."""
ENTRIES = [(a, e) for a in ("cs231n", "mytorch") for e in registry.get(a).entry_points if e.name in LOOKED_AT]


@pytest.mark.parametrize(("assignment", "entry"), ENTRIES, ids=lambda p: p if isinstance(p, str) else p.name)
def test_verdicts_are_those_of_each_case_alone(assignment: str, entry: EntryPoint) -> None:
    asked, draw = registry.get(assignment), random.Random(entry.name)
    truths = bank.truths(assignment, entry.group, "0", 44)
    outcomes = [_outcome(truth, _names(entry.tensors, truth), draw) for truth in truths]

    def allowed_in(truth: Truth, dtype: str) -> dict[str, Array]:
        return bank.allowed_in(asked, entry.group, truth, dtype)

    together = judged(asked, entry, truths, outcomes)
    for tensor in entry.tensors:
        alone = [
            agreement.judge(tensor, t, o, allowed_in)
            for t, o in zip(truths, outcomes, strict=True)
            if o is not None and not isinstance(o, Ended)
        ]
        assert [_plain(v) for v in together[tensor.name]] == [_plain(v) for v in alone]
        assert {"pass", "error"} < {v.status for v in alone}


def _plain(verdict: CaseVerdict) -> tuple[object, ...]:
    return id(verdict.truth), verdict.status, verdict.part, verdict.comparison, verdict.trouble


def test_what_rounding_decides_is_seen_for_many_arrays_as_for_one() -> None:
    draw = np.random.Generator(np.random.PCG64(3))
    right = [draw.standard_normal(4) * 10.0**power * (power % 3 > 0) for power in range(-300, 20)]
    bounds = [np.abs(draw.standard_normal(4)) * 10.0 ** draw.uniform(-320, 3) for _ in right]
    for bound, place in zip(bounds, draw.integers(0, 9, len(bounds)), strict=True):
        bound[place:] = np.inf  # all of it, some of it, or none
    dtypes = [("float32", "float64")[number % 2] for number in range(len(right))]
    starts = np.arange(0, 4 * len(right), 4)
    each = undecidable_each(np.concatenate(right), np.concatenate(bounds), starts, dtypes)
    assert each == [undecidable(*one) for one in zip(right, bounds, dtypes, strict=True)]
    assert {True, False} == set(each)
