"""The right function of inputs that are arranged otherwise: gates in another order, matrices for rows of numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from harness.assignments.contract import Assignment, Dims, Group
from harness.oracles.allowances import THRESHOLD
from harness.oracles.bank import Truth
from harness.oracles.error_bound import run_model

Array = np.ndarray[Any, Any]
Way = tuple[int, ...]
"""For every place the block that stands there; empty for transposed weights."""
TRANSPOSED: Way = ()


def rearrangements(group: Group) -> Iterator[Way]:
    """Ways in which the inputs of a group can be arranged otherwise, in the same shapes."""
    if any(i.per_layer for i in group.inputs):
        return
    for names in group.blocks.values():
        usual = tuple(range(len(names)))
        yield from (order for order in itertools.permutations(usual) if order != usual)
    weights = [i for i in group.inputs if i.role == "weight" and len(i.dims) == 2]
    if len(weights) > 1 and all(i.dims[0] == i.dims[1] for i in weights):
        yield TRANSPOSED


def another_order(group: Group, way: Way) -> tuple[str, str, str]:
    """The kind of convention, what is done by it, and what was asked for."""
    if way == TRANSPOSED:
        return "rows", "made for vectors that are rows: every weight is applied transposed", "vectors that are columns"
    names = next(iter(group.blocks.values()))
    order, usual = [names[block] for block in way], ", ".join(names)
    return f"gates_{''.join(order)}", f"made with the gates in the order {', '.join(order)}", f"the order {usual}"


class Rearranged:
    """The model solution's answers when its inputs are rearranged, its gradients in the same arrangement."""

    def __init__(self, assignment: Assignment, group: Group, way: Way) -> None:
        self.assignment, self.group, self.way = assignment, group, way
        self._known: dict[str, tuple[Mapping[str, Array], Mapping[str, Array]]] = {}

    def answers(self, truth: Truth) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
        """Results on the inputs of a case that are arranged in this way, and how far rounding may lead from them."""
        known = self._known.get(repr(truth.case))
        if known is None:
            dims = {i.name: i.dims for i in self.group.inputs}
            inputs = {n: _back(a, dims[n], self.group, self.way) for n, a in truth.inputs.items()}
            values, bounds = run_model(self.assignment, self.group, inputs, truth.case.dtype)
            known = self._arranged(values), self._arranged({n: THRESHOLD * b for n, b in bounds.items()})
            self._known[repr(truth.case)] = known
        return known

    def _arranged(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        tensors = [t for e in self.assignment.entry_points if e.group == self.group.name for t in e.tensors]
        dims = {t.name: t.dims for t in tensors if t.wrt}
        return {n: _forth(a, dims[n], self.group, self.way) if n in dims else a for n, a in arrays.items()}


def _forth(array: Array, dims: Dims, group: Group, way: Way) -> Array:
    """What the usual arrangement looks like in this one."""
    if way == TRANSPOSED:
        return array.T if len(dims) == 2 and dims[0] == dims[1] else array
    return _permuted(array, dims, group, way)


def _back(array: Array, dims: Dims, group: Group, way: Way) -> Array:
    """The usual arrangement of what is arranged in this way."""
    return _forth(array, dims, group, tuple(way.index(block) for block in range(len(way))))


def _permuted(array: Array, dims: Dims, group: Group, way: Way) -> Array:
    for axis, dim in enumerate(dims):
        if dim in group.blocks:
            blocks = np.split(array, len(way), axis)
            array = np.concatenate([blocks[block] for block in way], axis)
    return array
