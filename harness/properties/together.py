"""Judges a tensor on all cases at once: one comparison settles every case that passes, the others are looked at alone.

The verdicts are those of `agreement.judge`, to the bit: the same operations on the same numbers, put in one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import Tensor, part_names
from harness.oracles.allowances import undecidable_each
from harness.oracles.truth import Truth
from harness.properties.agreement import AllowedIn, CaseVerdict, judge
from harness.properties.comparison import TINY, Comparison
from harness.worker.session import Ended, Outcome, Result

Array = np.ndarray[Any, Any]

WORTH_IT = 4
"""Cases from which on a row is made."""


class Row(msgspec.Struct, frozen=True):
    """What is right of one tensor, and what is allowed, on all cases: every array's numbers, one after the other."""

    truths: tuple[Truth, ...]
    names: tuple[tuple[str, ...], ...]
    """Of every case, the arrays that make up the tensor."""
    expected: Array
    allowed: Array
    starts: Array
    """Where each array begins."""
    sizes: tuple[int, ...]
    undecidable: tuple[bool, ...]


_rows: dict[tuple[int, str], Row] = {}
"""By the identity of the truths, which a row keeps so that no other ones get it, and the tensor's name."""
MOST_ROWS = 256


def judge_all(
    tensor: Tensor, truths: tuple[Truth, ...], outcomes: Sequence[Outcome | None], allowed_in: AllowedIn
) -> tuple[CaseVerdict, ...]:
    """Verdicts on the cases that have an outcome; a worker's end is no verdict on a case."""
    row = _row(tensor, truths) if len(truths) >= WORTH_IT else None
    passed = _passed(row, outcomes) if row is not None else {}
    return tuple(
        passed[i] if i in passed else judge(tensor, truth, outcome, allowed_in)
        for i, (truth, outcome) in enumerate(zip(truths, outcomes, strict=False))
        if outcome is not None and not isinstance(outcome, Ended)
    )


def _passed(row: Row, outcomes: Sequence[Outcome | None]) -> dict[int, CaseVerdict]:
    """The cases on which every element is within what is allowed, by their places."""
    whole, arrays = set(), []
    for place, (names, truth) in enumerate(zip(row.names, row.truths, strict=True)):
        outcome = outcomes[place] if place < len(outcomes) else None
        found = _found(names, truth, outcome)
        if found:
            whole.add(place)
        arrays += found or [truth.expected[name].reshape(-1) for name in names]
    with np.errstate(all="ignore"):
        actual = np.concatenate(arrays, dtype=np.float64)
        ratios: list[float] = np.maximum.reduceat(np.abs(actual - row.expected) / row.allowed, row.starts).tolist()
    verdicts, part = {}, 0
    for place, names in enumerate(row.names):
        ends = part + len(names)
        if place in whole and all(ratio <= 1.0 for ratio in ratios[part:ends]):  # not so where one is no number
            verdicts[place] = _verdict(row, place, ratios, part)
        part = ends
    return verdicts


def _found(names: tuple[str, ...], truth: Truth, outcome: Outcome | None) -> list[Array]:
    """The numbers of the tensor where all are there, in their shapes, and real; none where not."""
    if not isinstance(outcome, Result):
        return []
    found = []
    for name in names:
        array = outcome.arrays.get(name)
        if array is None or array.shape != truth.expected[name].shape or array.dtype.kind == "c":
            return []
        found.append(array.reshape(-1))
    return found


def _verdict(row: Row, place: int, ratios: list[float], part: int) -> CaseVerdict:
    names = row.names[place]
    worst, size, undecidable = part, row.sizes[part], row.undecidable[part]
    if len(names) > 1:
        ends = part + len(names)
        worst = max(range(part, ends), key=ratios.__getitem__)
        size, undecidable = sum(row.sizes[part:ends]), all(row.undecidable[part:ends])
    comparison = Comparison(ratios[worst], 0, size, undecidable=undecidable)
    return CaseVerdict(row.truths[place], "not_judged" if undecidable else "pass", names[worst - part], comparison)


def _row(tensor: Tensor, truths: tuple[Truth, ...]) -> Row | None:
    """The tensor's row; None where it cannot be made."""
    key = id(truths), tensor.name
    if key not in _rows:
        made = _made(tensor, truths)
        if made is None:
            return None
        while len(_rows) >= MOST_ROWS:
            del _rows[next(iter(_rows))]
        _rows[key] = made
    return _rows[key]


def _made(tensor: Tensor, truths: tuple[Truth, ...]) -> Row | None:
    """None where an array is not there, or is empty, as such a one has no largest ratio."""
    names = tuple(part_names(tensor.name, tensor.per_layer, truth.case.dims) for truth in truths)
    parts = [(truth, name) for truth, its in zip(truths, names, strict=True) for name in its]
    if not all(name in truth.expected and truth.expected[name].size for truth, name in parts):
        return None
    expected = [truth.expected[name].reshape(-1) for truth, name in parts]
    allowed = [truth.allowed[name].reshape(-1) for truth, name in parts]
    sizes = tuple(map(len, expected))
    if sizes != tuple(map(len, allowed)) or any(a.dtype != np.float64 for a in allowed):
        return None
    right, bound = np.concatenate(expected, dtype=np.float64), np.concatenate(allowed)
    starts = np.cumsum([0, *sizes[:-1]])
    undecidable = undecidable_each(right, bound, starts, [truth.case.dtype for truth, _ in parts])
    return Row(truths, names, right, np.maximum(bound, TINY), starts, sizes, tuple(undecidable))
