"""Where a wrong tensor is wrong: on which cases, and in which steps, samples, layers or gates; the rest is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from harness import stopwatch
from harness.assignments.contract import Group, Tensor
from harness.cases.case import Case
from harness.diagnosis.wrongness import Masks, failing
from harness.evidence import Evidence
from harness.properties.agreement import MATCHES
from harness.report import Check

Array = np.ndarray[Any, Any]
Part = tuple[str, Callable[[int], set[int]]]

FEWEST = 3
"""Cases that have to agree before anything is said."""
NOUNS = {"N": "sample", "T": "time step", "L": "layer"}
PARTS: tuple[Part, ...] = (
    ("in the first {0} only", lambda n: {0}),
    ("in the last {0} only", lambda n: {n - 1}),
    ("in every {0} but the first", lambda n: set(range(1, n))),
    ("in every {0} but the last", lambda n: set(range(n - 1))),
)
FEATURES = {
    "scale": {"tiny": "the numbers are tiny", "saturating": "the tanh saturates"},
    "state": {"zero": "the initial state is zero", "absent": "the initial state is left out"},
    "upstream": {"one_step": "one step alone has an upstream gradient", "last_step": "the last step alone has one"},
    "mask": {"none": "the mask is empty", "all": "the mask is full"},
    "markers": {"shuffled": "the special words have other numbers"},
    "dtype": {"float32": "the arrays are float32"},
}


@stopwatch.phase("diagnosis")
def placed(group: Group, evidence: Evidence, checks: Sequence[Check]) -> list[Check]:
    """The checks against the oracle, each failing one with the place where it fails."""
    tensors = {t.name: t for t in evidence.entry.tensors}
    return [
        replace(c, where=where(group, evidence, tensors[c.tensor]))
        if c.property == MATCHES and c.status == "fail" and c.tensor in tensors
        else c
        for c in checks
    ]


def where(group: Group, evidence: Evidence, tensor: Tensor) -> list[str]:
    """Phrases that hold of every failing case; none where it is wrong everywhere, or without a pattern."""
    found = [(truth.case, wrong) for truth, _, wrong in failing(evidence, tensor)]
    if len(found) < FEWEST:
        return []
    parts = [*_along_axes(tensor, found), *_layers(tensor, found), *_blocks(group, tensor, found)]
    return [*_condition(evidence, tensor), *parts, *([] if parts else _off_the_diagonal(tensor, found))]


def _condition(evidence: Evidence, tensor: Tensor) -> list[str]:
    """The one property of a case on which failing depends."""
    seen = [(v.truth.case, v.status == "fail") for v in evidence.verdicts[tensor.name] if v.status in ("pass", "fail")]
    if not 0 < sum(failed for _, failed in seen) < len(seen):
        return []
    for name in seen[0][0].dims:
        for least in (2, 3, 4):
            if all((case.dims[name] >= least) == failed for case, failed in seen):
                return [f"whenever {name} ≥ {least}, and never otherwise"]
    for feature, values in FEATURES.items():
        for value, words in values.items():
            if all((str(getattr(case, feature)) == value) == failed for case, failed in seen):
                return [f"only where {words}"]
    return []


def _along_axes(tensor: Tensor, found: Sequence[tuple[Case, Masks]]) -> list[str]:
    """The steps or samples that are wrong, counted from the beginning or the end."""
    said = []
    for axis, dim in enumerate(tensor.dims):
        if dim in NOUNS:
            others = tuple(i for i in range(len(tensor.dims)) if i != axis)
            seen = [np.any([np.any(m, axis=others) for m in wrong.values()], axis=0) for _, wrong in found]
            said += _pattern(seen, NOUNS[dim])
    return said


def _layers(tensor: Tensor, found: Sequence[tuple[Case, Masks]]) -> list[str]:
    if not tensor.per_layer:
        return []
    return _pattern([np.array([bool(np.any(m)) for m in wrong.values()]) for _, wrong in found], NOUNS["L"])


def _pattern(seen: Sequence[Array], noun: str) -> list[str]:
    """The smallest part that holds all that is wrong on every case, and exactly that on most of those with a choice."""
    telling = [w for w in seen if len(w) >= FEWEST]
    if len(telling) < 2:
        return []
    for words, part in PARTS:
        inside = all(set(np.flatnonzero(w)) <= part(len(w)) for w in seen if len(w) > 1)
        exact = sum(set(np.flatnonzero(w)) == part(len(w)) for w in telling)
        if inside and 2 * exact > len(telling):
            return [words.format(noun)]
    return []


def _blocks(group: Group, tensor: Tensor, found: Sequence[tuple[Case, Masks]]) -> list[str]:
    """The gates whose columns are wrong, where it is the same ones on every case."""
    for axis, dim in enumerate(tensor.dims):
        names = group.blocks.get(dim, ())
        if names:
            seen = [
                {names[i] for i in _wrong_blocks(m, axis, len(names))} for _, wrong in found for m in wrong.values()
            ]
            every = set().union(*seen)
            if len(every) < len(names) and all(s == every for s in seen):
                gates = " and ".join(n for n in names if n in every)
                return [f"in the columns of gate{'s' * (len(every) > 1)} {gates} only"]
    return []


def _wrong_blocks(mask: Array, axis: int, count: int) -> list[int]:
    return [i for i, block in enumerate(np.split(mask, count, axis)) if np.any(block)]


def _off_the_diagonal(tensor: Tensor, found: Sequence[tuple[Case, Masks]]) -> list[str]:
    """What a transposed square matrix looks like."""
    if len(tensor.dims) != 2 or tensor.dims[0] != tensor.dims[1]:
        return []
    squares = [m for _, wrong in found for m in wrong.values()]
    large = [m for m in squares if len(m) >= 2]
    off = all(not np.any(np.diagonal(m)) for m in squares) and sum(bool(np.any(m)) for m in large) >= FEWEST
    return ["off the diagonal only"] if off else []
