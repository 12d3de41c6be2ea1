"""What can be drawn of a wrong entry point: its graph, the influence map, its numbers beside the right ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from harness import stopwatch
from harness.assignments.contract import Tensor
from harness.diagnosis import influence, layered, unrolled
from harness.diagnosis.wrongness import failing
from harness.evidence import Evidence
from harness.report import Numbers, Pictures
from harness.worker.workbench import Workbench

Array = np.ndarray[Any, Any]

MOST = 72
"""Elements of an array that is shown in full."""


@stopwatch.phase("diagnosis")
def pictures(bench: Workbench, evidence: Evidence, seed_text: str) -> Pictures | None:
    """All that can be drawn; None where nothing can."""
    group = bench.assignment.group(evidence.entry.group)
    reach = influence.influence(bench, evidence, seed_text) or layered.layered(bench, evidence, seed_text)
    shown = [n for t in evidence.entry.tensors for n in [_numbers(evidence, t)] if n is not None]
    found = Pictures(unrolled.graph(group, evidence, reach), reach, shown)
    return found if found != Pictures() else None


def _numbers(evidence: Evidence, tensor: Tensor) -> Numbers | None:
    """A wrong tensor on the largest plain case that can be shown in full: a pattern needs room to be seen."""
    if evidence.tensor_status(tensor.name) != "fail" or not tensor.dims:
        return None
    found = []
    for truth, outcome, wrong in failing(evidence, tensor):
        name = next(n for n, mask in wrong.items() if mask.any())
        if 1 < wrong[name].size <= MOST and not truth.case.features:
            found.append((min(wrong[name].shape), -math.prod(truth.case.dims.values()), truth, outcome, name, wrong))
    if not found:
        return None
    _, _, truth, outcome, name, wrong = max(found, key=lambda f: f[:2])
    return Numbers(
        name=name,
        axes=list(tensor.dims),
        shape=list(wrong[name].shape),
        dims=truth.case.dims,
        seed=truth.case.seed,
        actual=_texts(outcome.arrays[name]),
        wrong=[bool(w) for w in wrong[name].ravel()],
        worst=_furthest(outcome.arrays[name], truth.expected[name], wrong[name]),
        expected=_texts(truth.expected[name]),
    )


def _furthest(actual: Array, expected: Array, wrong: Array) -> int:
    """The wrong element with the largest difference; what is no number is further off than any."""
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.nan_to_num(np.abs(actual - expected), nan=np.inf, posinf=np.inf)
    return int(np.argmax(np.where(wrong, off, -1.0)))


def _texts(array: Array) -> list[str]:
    return [f"{float(x):.4g}" for x in array.ravel()]
