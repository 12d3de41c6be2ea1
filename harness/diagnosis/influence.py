"""The influence map: how much of the upstream gradient of one time step reaches which result, and what should."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments import registry
from harness.assignments.contract import EntryPoint, Group, Tensor
from harness.cases.case import Case, number
from harness.cases.filling import inputs
from harness.evidence import Evidence, exercise
from harness.oracles import bank
from harness.oracles.bank import Truth
from harness.report import Influence
from harness.worker.session import Result
from harness.worker.workbench import Workbench

Array = np.ndarray[Any, Any]

ABOUT = (
    "Each row: the upstream gradient arrives at one time step alone. Each column: how much of it reaches that result."
)
STEPS = 5
SIZES = {"N": 2, "D": 3, "H": 3}
"""Dimensions of the case a map is made on; every other one is 2."""


class Cell(msgspec.Struct, frozen=True):
    """One step's part of one gradient: what came, what was expected, and whether rounding explains the difference."""

    actual: float
    expected: float
    wrong: bool


def influence(bench: Workbench, evidence: Evidence, seed_text: str) -> Influence | None:
    """The map of a wrong gradient over time; None where there is no time axis on both sides, or nothing comes back."""
    entry, group = evidence.entry, bench.assignment.group(evidence.entry.group)
    upstream = next((i.name for i in group.inputs if i.role == "upstream" and "T" in i.dims), "")
    tensors = [t for t in entry.tensors if t.wrt and _column(group, t)]
    if not upstream or not any("T" in t.dims for t in tensors) or not _wrong(evidence, tensors):
        return None
    truths = _one_step_each(bench.assignment.id, group.name, upstream, seed_text)
    outcomes = bench.run([exercise(bench.assignment, entry, t, evidence.variant) for t in truths])
    results = [o for o in outcomes if isinstance(o, Result)]
    if len(results) < len(truths):
        return None
    rows = [_row(entry, tensors, truth, result) for truth, result in zip(truths, results, strict=True)]
    return None if any(row is None for row in rows) else _map(upstream, tensors, [row for row in rows if row])


def _column(group: Group, tensor: Tensor) -> bool:
    """Whether a gradient belongs into the map: that of the data at each step, and of the initial state."""
    role = next((i.role for i in group.inputs if i.name == tensor.wrt), "")
    return "T" in tensor.dims or role == "state"


def _wrong(evidence: Evidence, tensors: Sequence[Tensor]) -> bool:
    statuses = {evidence.tensor_status(t.name) for t in tensors}
    return "fail" in statuses and "error" not in statuses


@functools.lru_cache(maxsize=32)
def _one_step_each(assignment_id: str, group_name: str, upstream: str, seed_text: str) -> tuple[Truth, ...]:
    """The same inputs with an upstream gradient at the first step alone, at the second alone, and so on."""
    assignment = registry.get(assignment_id)
    group = assignment.group(group_name)
    sizes = {n: STEPS if n == "T" else min(high, SIZES.get(n, 2)) for n, (_, high) in group.dims.items()}
    case = Case(dims=sizes, seed=number(seed_text, assignment_id, group_name, "influence") % 2**16)
    arrays = inputs(case, group)
    each = [{**arrays, **_alone(group, arrays, step)} for step in range(STEPS)]
    what = {"seed": seed_text, "one step each": upstream}
    return bank.kept(assignment_id, group_name, what, lambda: [bank.answered(assignment, group, case, a) for a in each])


def _alone(group: Group, arrays: dict[str, Array], step: int) -> dict[str, Array]:
    """Upstream gradients of which all but one step are zero; those without a time axis are zero."""
    found = {}
    for item in (i for i in group.inputs if i.role == "upstream"):
        found[item.name] = np.zeros_like(arrays[item.name])
        if "T" in item.dims:
            place: tuple[slice | int, ...] = (*[slice(None)] * item.dims.index("T"), step)
            found[item.name][place] = arrays[item.name][place]
    return found


def _row(entry: EntryPoint, tensors: Sequence[Tensor], truth: Truth, result: Result) -> list[Cell] | None:
    cells: list[Cell] = []
    for tensor in tensors:
        actual, expected = result.arrays.get(tensor.name), truth.expected[tensor.name]
        if actual is None or actual.shape != expected.shape or actual.dtype.kind == "c":
            return None
        axis = tensor.dims.index("T") if "T" in tensor.dims else None
        parts = [(a, truth.allowed[tensor.name], expected) for a in [actual]]
        if axis is not None:
            split = [np.split(a, STEPS, axis) for a in (actual, truth.allowed[tensor.name], expected)]
            parts = list(zip(*split, strict=True))
        cells += [cell(*part) for part in parts]
    return cells


def cell(actual: Array, allowed: Array, expected: Array) -> Cell:
    """One part of a gradient, judged by the error bound."""
    with np.errstate(invalid="ignore", over="ignore"):
        wrong = not bool(np.all(np.abs(actual - expected) <= allowed))
        return Cell(float(np.linalg.norm(actual)), float(np.linalg.norm(expected)), wrong)


def _map(upstream: str, tensors: Sequence[Tensor], rows: list[list[Cell]]) -> Influence:
    columns = [n for t in tensors for n in ([f"{t.name}[{s}]" for s in range(STEPS)] if "T" in t.dims else [t.name])]
    steps = next(i for i, c in enumerate(columns) if c.endswith("[0]"))
    square = [row[steps : steps + STEPS] for row in rows]
    return Influence(
        rows=[f"{upstream}[{t}]" for t in range(STEPS)],
        columns=columns,
        actual=[[f"{c.actual:.3g}" for c in row] for row in rows],
        wrong=[[c.wrong for c in row] for row in rows],
        says=_says(square, upstream, columns[steps].removesuffix("[0]")),
        expected=[[f"{c.expected:.3g}" for c in row] for row in rows],
        about=ABOUT,
    )


def _says(square: list[list[Cell]], upstream: str, gradient: str) -> list[str]:
    """What holds of the whole map; the first row is the first time step's."""
    back = [[square[s + k][s] for s in range(STEPS - k)] for k in range(STEPS)]
    ahead = [square[t][s] for t in range(STEPS) for s in range(t + 1, STEPS)]
    said = []
    if any(c.wrong and c.actual > 0 for c in ahead):
        said.append(
            f"What arrives at a step of {upstream} gets into later steps of {gradient}, where it has no effect."
        )
    reach = next((k for k in range(STEPS) if all(c.actual == 0 and c.wrong for c in back[k])), None)
    empty = [s for s in range(STEPS) if all(square[t][s].actual == 0 for t in range(STEPS))]
    if empty and len(empty) < STEPS and empty in (list(range(len(empty))), list(range(STEPS - len(empty), STEPS))):
        which = f"last {STEPS - len(empty)}" if empty[0] == 0 else f"first {STEPS - len(empty)}"
        return [*said, f"Only the {which} of {STEPS} steps of {gradient} get anything at all."]
    lost = reach is not None and all(c.actual == 0 for k in range(reach, STEPS) for c in back[k])
    if lost and not any(c.wrong for k in range(reach or 0) for c in back[k]):
        said.append(_lost_after(reach or 0, upstream))
    elif not any(c.wrong for c in back[0]) and all(c.wrong for diagonal in back[1:] for c in diagonal):
        said.append("It is right at the step where it arrives, and wrong in every step before.")
    elif all(c.wrong for c in back[0]):
        said.append("It is wrong already at the step where it arrives.")
    return said


def _lost_after(steps: int, upstream: str) -> str:
    if steps == 0:
        return f"Nothing of {upstream} arrives at all."
    if steps == 1:
        return f"What arrives at a step of {upstream} never reaches the steps before it."
    return f"What arrives at a step of {upstream} is lost after {steps - 1} step{'s' * (steps > 2)} back."
