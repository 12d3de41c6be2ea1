"""The second answer and the error bound: the numpy model solution, run on arrays that carry a bound."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Group
from harness.oracles.tracked import Tracked

Array = np.ndarray[Any, Any]


def run_model(
    assignment: Assignment, group: Group, inputs: dict[str, Array], dtype: str
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The model solution's results and their bounds when computed in `dtype`, for all entry points of a group."""
    model = importlib.import_module(assignment.model)
    operations = importlib.import_module(registry.folders()[assignment.id] + ".driver").OPERATIONS
    whole = group.whole
    given: dict[str, Any] = {n: a if n in whole else Tracked(a, None, dtype) for n, a in inputs.items()}
    values, bounds = {}, {}
    for entry in _forwards_first(assignment, group):
        outputs = operations[entry.name](model, given)
        given |= {name: outputs[name] for name in outputs if not entry.forward}
        for name, output in outputs.items():
            tracked = output if isinstance(output, Tracked) else Tracked(output, None, dtype)
            values[name], bounds[name] = tracked.value, tracked.error
    return values, bounds


def _forwards_first(assignment: Assignment, group: Group) -> list[EntryPoint]:
    entries = [e for e in assignment.entry_points if e.group == group.name]
    return sorted(entries, key=lambda e: bool(e.forward))
