"""Compares a submission's results with those of a mistake on all cases at once, as `reproducing.same` does on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import Tensor, part_names
from harness.oracles.truth import Truth
from harness.worker.session import Outcome, Result

Array = np.ndarray[Any, Any]
Results = Callable[[Truth], dict[str, Array] | str]


class Row(msgspec.Struct, frozen=True):
    """What a mistake makes of a tensor on all cases: every array's numbers, one after the other, and how far a number
    may be from each; none where it raises or leaves an array out."""

    truths: tuple[Truth, ...]
    numbers: Array | None = None
    near: Array | None = None


_rows: dict[tuple[object, ...], Row] = {}
"""By the mistake, the tensor, and the identity of the truths, which a row keeps so that no other ones get it."""
MOST_ROWS = 2048


class Mine:
    """A submission's results on all cases, each tensor's in a row made when it is first asked for."""

    def __init__(self, truths: tuple[Truth, ...], outcomes: Sequence[Outcome]) -> None:
        self.truths, self.outcomes = truths, outcomes
        self.made: dict[str, Array | None] = {}

    def same(
        self, tensor: Tensor, key: tuple[object, ...], results: Results, relative: dict[str, float]
    ) -> bool | None:
        """Whether they are what the mistake `key` gives, as far as rounding lets that be told; None where they have
        to be looked at one by one."""
        mine = self._row(tensor)
        row = _row(self.truths, tensor, key, results, relative) if mine is not None else None
        if mine is None or row is None or row.numbers is None:
            return None
        with np.errstate(invalid="ignore", over="ignore"):
            close = np.abs(mine - row.numbers) <= row.near
        if close.all():
            return True
        return bool((close | (~np.isfinite(mine) & ~np.isfinite(row.numbers))).all())

    def _row(self, tensor: Tensor) -> Array | None:
        if tensor.name not in self.made:
            arrays = [o.arrays if isinstance(o, Result) else {} for o in self.outcomes]
            self.made[tensor.name] = _together(tensor, self.truths, arrays)
        return self.made[tensor.name]


def _row(
    truths: tuple[Truth, ...], tensor: Tensor, key: tuple[object, ...], results: Results, relative: dict[str, float]
) -> Row:
    full = (*key, tensor.name, id(truths))
    if full not in _rows:
        while len(_rows) >= MOST_ROWS:
            del _rows[next(iter(_rows))]
        arrays = [r if isinstance(r, dict) else {} for r in map(results, truths)]
        numbers = _together(tensor, truths, arrays)
        near = _near(tensor, truths, arrays, relative) if numbers is not None else None
        _rows[full] = Row(truths, numbers, near)
    return _rows[full]


def _together(tensor: Tensor, truths: Sequence[Truth], arrays: Sequence[Mapping[str, Array]]) -> Array | None:
    """All numbers of a tensor in a row, where every array is there, real, and of the shape the right one has."""
    found = []
    for truth, its in zip(truths, arrays, strict=True):
        for name in part_names(tensor.name, tensor.per_layer, truth.case.dims):
            array, right = its.get(name), truth.allowed.get(name)
            if array is None or right is None or array.shape != right.shape or array.dtype.kind == "c":
                return None
            found.append(array.reshape(-1))
    return np.concatenate(found, dtype=np.float64)


def _near(
    tensor: Tensor, truths: Sequence[Truth], arrays: Sequence[dict[str, Array]], relative: dict[str, float]
) -> Array:
    """What the right answer's rounding allows, and a little of every array's largest number on top."""
    return np.concatenate(
        [
            (truth.allowed[name] + slack(its[name], relative[truth.case.dtype])).reshape(-1)
            for truth, its in zip(truths, arrays, strict=True)
            for name in part_names(tensor.name, tensor.per_layer, truth.case.dims)
        ]
    )


def slack(candidate: Array, relative: float) -> float:
    """A little of the largest number that a mistake gives."""
    return relative * float(np.max(np.abs(candidate[np.isfinite(candidate)]), initial=0.0))
