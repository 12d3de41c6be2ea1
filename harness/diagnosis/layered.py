"""The layer map: how much of the gradient reaches each layer at each moment, or what each step adds there.

Nothing but the gradient of the initial states shows how far a gradient has come. So the sequence is started at every
moment in turn, with the states it has there: the gradient of those is what reaches the layers at that moment. And what
a longer sequence has in its parameters' gradients that a shorter one has not, its first step has added.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Group, Tensor
from harness.cases.case import Case, number
from harness.cases.filling import inputs
from harness.diagnosis.influence import STEPS, Cell, cell
from harness.evidence import Evidence, exercise
from harness.oracles import bank
from harness.oracles.bank import Truth
from harness.report import Influence
from harness.worker.session import Result
from harness.worker.workbench import Workbench

Array = np.ndarray[Any, Any]
Rows = list[list[Cell]]

LAYERS = 3
SIZES = {"N": 2, "T": STEPS, "L": LAYERS, "D": 3, "H": 3}
"""Dimensions of the case a map is made on; every other one is 2."""
REACHES = "Each row is a layer, the top one first; each column a moment: how much of {0} gets back to the state there."
ADDS = "Each row is a layer, the top one first; each column a time step: how much it adds to {0}."


def layered(bench: Workbench, evidence: Evidence, seed_text: str) -> Influence | None:
    """The map of a wrong gradient over layers and time; None where there are no layers, or nothing comes back."""
    entry, group = evidence.entry, bench.assignment.group(evidence.entry.group)
    state = next((t for t in entry.tensors if t.wrt and t.dims[:1] == ("L",)), None)
    if state is None or not {"L", "T"} <= set(group.dims) or not _wrong(evidence):
        return None
    truths = _started_later(bench.assignment.id, group.name, state.wrt, seed_text)
    outcomes = bench.run([exercise(bench.assignment, entry, t, evidence.variant) for t in truths])
    results = [o.arrays for o in outcomes if isinstance(o, Result)]
    if len(results) < max(len(truths), 1) or not _shaped(entry, truths, results):
        return None
    upstream = next(iter(group.upstream))
    reaching = _reaching(state, truths, results)
    if any(c.wrong for row in reaching for c in row):
        moments = ["start", *(f"after {t}" for t in range(1, STEPS))]
        return _map(reaching, moments, REACHES.format(upstream), f"of {upstream} reaches")
    tensor = next((t for t in entry.tensors if t.per_layer and evidence.tensor_status(t.name) == "fail"), None)
    if tensor is None:
        return None
    steps = [f"step {t}" for t in range(1, STEPS + 1)]
    return _map(_added(tensor, truths, results), steps, ADDS.format(tensor.name), "is added in")


def _wrong(evidence: Evidence) -> bool:
    statuses = {evidence.tensor_status(t.name) for t in evidence.entry.tensors}
    return "fail" in statuses and "error" not in statuses


@functools.lru_cache(maxsize=8)
def _started_later(assignment_id: str, group_name: str, state: str, seed_text: str) -> tuple[Truth, ...]:
    """One sequence, started at every moment in turn; none where the states in between are not known."""
    group = registry.get(assignment_id).group(group_name)
    make = functools.partial(_made, registry.get(assignment_id), group, state, seed_text)
    return bank.kept(assignment_id, group_name, {"seed": seed_text, "started later": state}, make)


def _made(assignment: Assignment, group: Group, state: str, seed_text: str) -> list[Truth]:
    from harness.oracles import autograd  # it brings in PyTorch, which only what is wrong needs

    sizes = {n: min(high, SIZES.get(n, 2)) for n, (_, high) in group.dims.items()}
    case = Case(dims=sizes, seed=number(seed_text, assignment.id, group.name, "layers") % 2**16)
    arrays = inputs(case, group)
    between = autograd.states(assignment, group, arrays)
    if between is None:
        return []
    found = []
    for start in range(STEPS):
        later = {**arrays, **_from(group, arrays, start)}
        if start:
            later[state] = between[:, start - 1]
        shorter = Case(dims={**sizes, "T": STEPS - start}, seed=case.seed)
        found.append(bank.answered(assignment, group, shorter, later))
    return found


def _from(group: Group, arrays: Mapping[str, Array], start: int) -> dict[str, Array]:
    """The inputs that have a time axis, without what comes before `start`."""
    timed = [i for i in group.inputs if "T" in i.dims]
    return {i.name: np.take(arrays[i.name], range(start, STEPS), axis=i.dims.index("T")) for i in timed}


def _shaped(entry: EntryPoint, truths: Sequence[Truth], results: Sequence[Mapping[str, Array]]) -> bool:
    """Whether every result has the right shape, and real numbers."""
    names = {t.name for t in entry.tensors}
    return all(
        name in result and result[name].shape == expected.shape and result[name].dtype.kind != "c"
        for truth, result in zip(truths, results, strict=True)
        for name, expected in truth.expected.items()
        if name.partition("[")[0] in names
    )


def _reaching(state: Tensor, truths: Sequence[Truth], results: Sequence[Mapping[str, Array]]) -> Rows:
    """What reaches the state of every layer, the top one first, at every moment."""
    return [
        [
            cell(r[state.name][layer], t.allowed[state.name][layer], t.expected[state.name][layer])
            for t, r in zip(truths, results, strict=True)
        ]
        for layer in reversed(range(LAYERS))
    ]


def _added(tensor: Tensor, truths: Sequence[Truth], results: Sequence[Mapping[str, Array]]) -> Rows:
    """What every step adds to a gradient of every layer, the top one first."""
    rows = []
    for layer in reversed(range(LAYERS)):
        name = f"{tensor.name}[{layer}]"
        parts = [(r[name], t.allowed[name], t.expected[name]) for t, r in zip(truths, results, strict=True)]
        nothing = tuple(np.zeros_like(array) for array in parts[0])
        after = [*parts[1:], nothing]
        rows.append([cell(a - b[0], m + b[1], e - b[2]) for (a, m, e), b in zip(parts, after, strict=True)])
    return rows


def _map(rows: Rows, columns: list[str], about: str, verb: str) -> Influence:
    names = [f"layer {layer}" for layer in reversed(range(LAYERS))]
    return Influence(
        rows=names,
        columns=columns,
        actual=[[f"{c.actual:.3g}" for c in row] for row in rows],
        wrong=[[c.wrong for c in row] for row in rows],
        says=list(_says(rows, names, columns, verb)),
        expected=[[f"{c.expected:.3g}" for c in row] for row in rows],
        about=about,
    )


def _says(rows: Rows, names: Sequence[str], columns: Sequence[str], verb: str) -> list[str]:
    """What holds of the whole map: layers that get nothing, layers and moments that are right."""
    empty = [n for n, row in zip(names, rows, strict=True) if all(c.wrong and c.actual == 0 for c in row)]
    if empty:
        return [f"Nothing {verb} {_listed(empty)}."]
    right = [n for n, row in zip(names, rows, strict=True) if not any(c.wrong for c in row)]
    times = [c for i, c in enumerate(columns) if not any(row[i].wrong for row in rows)]
    said = []
    if right and right in (list(names[: len(right)]), list(names[-len(right) :])):
        said.append(f"It is right in {_listed(right)} and wrong {'below' if right[0] == names[0] else 'above'}.")
    if times and times == list(columns[-len(times) :]):
        since = f"in {_listed(times)}" if times[0].startswith("step") else times[0].replace("after", "after step")
        said.append(f"It is right {since} and wrong before.")
    return said


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
