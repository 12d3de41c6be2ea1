"""Judges variables that a notebook computes from variables of its own, as they were where it called a check.

What is right is computed here from the notebook's own inputs, which come from the submission: they are checked like
everything else that does, and where they cannot be used there is nothing to judge by.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from harness import rubric, scoring
from harness.assignments import registry
from harness.assignments.contract import Assignment, Input, Values
from harness.diagnosis import snippet
from harness.options import Options
from harness.oracles.allowances import THRESHOLD
from harness.oracles.bank import GraderFault
from harness.oracles.tracked import Tracked
from harness.properties import agreement
from harness.properties.comparison import Comparison, compare, element
from harness.report import Check, Counterexample, EntryPointReport, Status, worst
from harness.wire import Loaded
from harness.worker.session import Result
from harness.worker.workbench import Exercise, Workbench

if TYPE_CHECKING:
    import torch

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]
LARGEST = 64
"""Size above which an input is none of the handout's."""
UNFILLED = frozenset({"None", "a value of type ellipsis"})
"""What a variable holds that the handout's skeleton has set and nobody has filled in."""


class Unusable(Exception):
    """Inputs that nothing right can be computed from, in a sentence that names the variable."""


def reports(bench: Workbench, loaded: Loaded, options: Options) -> list[EntryPointReport]:
    """One report for every check that the submission called, of those whose variables the assignment asks for."""
    files = set(bench.entry_files.values())
    file = files.pop() if len(files) == 1 else None
    called = [v for v in bench.assignment.values if v.entry.name in loaded.snapshots]
    return [msgspec.structs.replace(_report(bench, v, options), file=file) for v in called]


def _report(bench: Workbench, values: Values, options: Options) -> EntryPointReport:
    outcome = bench.run([Exercise(values.entry.name, {})])[-1]
    if not isinstance(outcome, Result):
        return _whole(values, "error", agreement.trouble_of(outcome), options)
    left = [outcome.instead.get(n, "None") for n in values.variables if n not in outcome.arrays]
    if len(left) == len(values.variables) and UNFILLED.issuperset(left):
        return _whole(values, "not_attempted", f"{', '.join(values.variables)}: nothing was filled in", options)
    try:
        inputs, dims = _inputs(values, outcome)
        checks = _checks(bench.assignment, values, inputs, dims, outcome, options.hide_expected)
    except Unusable as error:
        return _whole(values, "not_judged", str(error), options)
    return _entry(values, checks, {c.tensor or "": c.status for c in checks}, options)


def _inputs(values: Values, seen: Result) -> tuple[Arrays, dict[str, int]]:
    """The notebook's own inputs and the sizes of their dimensions. Raises `Unusable`."""
    found: Arrays = {}
    dims: dict[str, int] = {}
    for item in values.inputs:
        array = seen.arrays.get(item.name)
        if array is None:
            what = seen.instead.get(item.name, "not defined there")
            raise Unusable(f"{item.name}, which the values are computed from, is {what}; {_nothing(values)}")
        found[item.name] = _usable(values, item, array, dims)
    return found, dims


def _usable(values: Values, item: Input, array: Array, dims: dict[str, int]) -> Array:
    """One input, if its shape goes with those before it and its numbers are finite; its sizes are noted in `dims`."""
    fits = len(array.shape) == len(item.dims) and all(
        0 < size <= LARGEST and dims.setdefault(dim, size) == size
        for dim, size in zip(item.dims, array.shape, strict=True)
    )
    if not fits:
        wanted = f"({', '.join(str(dims.get(dim, dim)) for dim in item.dims)})"
        raise Unusable(f"{item.name} has shape {array.shape}, expected {wanted}; {_nothing(values)}")
    if array.dtype.kind == "c" or not np.all(np.isfinite(array)):
        raise Unusable(f"{item.name} holds numbers that are not real and finite; {_nothing(values)}")
    return array


def _nothing(values: Values) -> str:
    return f"there is nothing to judge {', '.join(values.variables)} by"


def _checks(
    assignment: Assignment, values: Values, inputs: Arrays, dims: dict[str, int], seen: Result, hide: bool
) -> list[Check]:
    precise = all(a.dtype != np.float32 for a in inputs.values())
    expected, allowed = _right(assignment, values, inputs, "float64" if precise else "float32")
    _, wider = _right(assignment, values, inputs, "float32")
    actual, instead = _observed(assignment, values, inputs, seen)
    checks = []
    for tensor in values.entry.tensors:
        name = tensor.name
        if name not in actual:
            checks.append(_check(name, "error", instead[name]))
            continue
        arrays = actual[name], expected[name], allowed[name]
        comparison = compare(*arrays)
        rough = not comparison.passes and not comparison.trouble and compare(*arrays[:2], wider[name]).passes
        example = None
        if not comparison.passes and not comparison.trouble:
            shown = {v: seen.arrays[v] for v in values.names if v in seen.arrays}
            program = snippet.values_program(assignment, values, name, shown, None if hide else expected[name])
            example = Counterexample(dims, 0, worst=element(name, *arrays, hide), snippet=program)
        checks.append(_check(name, *_status(name, comparison, rough, bool(tensor.wrt)), example, comparison.ratio))
    return checks


def _status(name: str, comparison: Comparison, rough: bool, gradient: bool) -> tuple[Status, str]:
    """Status and sentence of one tensor; `rough`: it would do had all been computed in float32."""
    if comparison.trouble:
        return "error", f"{name} {comparison.trouble}"
    if comparison.passes:
        hidden = "either one-sided derivative is right here" if gradient else f"rounding decides {name} here"
        return ("not_judged", hidden) if comparison.undecidable else ("pass", "")
    if rough:
        return "precision", f"{name} is right only to float32 accuracy"
    against = "PyTorch's gradient" if gradient else "what follows from the notebook's own inputs"
    return "fail", f"{name} differs from {against}"


def _check(
    name: str, status: Status, message: str, example: Counterexample | None = None, ratio: float | None = None
) -> Check:
    failed = int(status in ("fail", "error", "precision"))
    shown = float(f"{ratio:.3g}") if ratio is not None and np.isfinite(ratio) else None
    unsure = int(status == "not_judged")
    return Check(agreement.MATCHES, name, status, 1, failed, message, example, not_judged=unsure, worst_ratio=shown)


def _right(assignment: Assignment, values: Values, inputs: Arrays, dtype: str) -> tuple[Arrays, Arrays]:
    """What the definition makes of the inputs, and what rounding allows, from the model solution. Raises `Unusable`
    where that is infinite, and `GraderFault` where the two disagree."""
    plain = {name: a.astype(np.float64) for name, a in inputs.items()}
    definition = importlib.import_module(registry.folders()[assignment.id] + ".definition")
    right = definition.VALUES[values.entry.name](_tensors(plain))
    model = getattr(importlib.import_module(assignment.model), values.entry.name)
    carried = model(**{name: Tracked(a, None, dtype) for name, a in plain.items()})
    expected = {name: value.numpy() for name, value in right.items()}
    allowed = {name: THRESHOLD * carried[name].error for name in expected}
    if not all(np.all(np.isfinite(a)) for a in (*expected.values(), *allowed.values())):
        raise Unusable(f"{', '.join(inputs)} are so large that the results are infinite; {_nothing(values)}")
    for name, value in expected.items():
        if not np.all(np.abs(value - carried[name].value) <= allowed[name]):
            raise GraderFault(f"{assignment.id}: the oracles disagree about {name}; please report it")
    return expected, allowed


def _observed(
    assignment: Assignment, values: Values, inputs: Mapping[str, Array], seen: Result
) -> tuple[Arrays, dict[str, str]]:
    """What is judged, as far as it is there, and a sentence for what is not."""
    missing = {
        name: f"{name} is {seen.instead.get(name, 'not defined there')}, expected an array of numbers"
        for name in values.variables
        if name not in seen.arrays
    }
    definition = importlib.import_module(registry.folders()[assignment.id] + ".definition")
    observe = definition.OBSERVED.get(values.entry.name)
    if observe is None:
        return {n: seen.arrays[n] for n in values.variables if n in seen.arrays}, missing
    if not missing:
        try:
            outputs = observe(_tensors(inputs), _tensors({n: seen.arrays[n] for n in values.variables}))
            return {name: value.numpy() for name, value in outputs.items()}, {}
        except RuntimeError as error:
            missing = {"": f"{', '.join(values.variables)} do not fit together: {str(error).splitlines()[0]}"}
    return {}, dict.fromkeys((t.name for t in values.entry.tensors), "; ".join(missing.values()))


def _tensors(arrays: Mapping[str, Array]) -> dict[str, torch.Tensor]:
    import torch  # needed by few submissions, and slow

    return {name: torch.from_numpy(array.astype(np.float64)) for name, array in arrays.items()}


def _whole(values: Values, status: Status, message: str, options: Options) -> EntryPointReport:
    """A report on all of a check's values at once."""
    report = _entry(values, [], {t.name: status for t in values.entry.tensors}, options)
    return msgspec.structs.replace(report, message=message)


def _entry(values: Values, checks: list[Check], statuses: Mapping[str, Status], options: Options) -> EntryPointReport:
    entry = values.entry
    worth, weights = rubric.points(options.rubric, entry), rubric.weights(options.rubric, entry)
    points = scoring.entry_points_earned(worth, weights, statuses)
    return EntryPointReport(entry.name, worst(list(statuses.values())), points, checks)
