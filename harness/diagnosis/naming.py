"""Names a mistake: an algebraic relation or a misconception that gives exactly the student's numbers on every case."""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from types import ModuleType
from typing import Any

import numpy as np

from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Tensor, part_names
from harness.diagnosis import conventions
from harness.evidence import Evidence, exercise
from harness.oracles.bank import Truth
from harness.properties.agreement import trouble_of
from harness.report import Diagnosis
from harness.wire import Failure
from harness.worker.inside.failures import failure_of
from harness.worker.session import Outcome, Result
from reference_impls import catalogue
from reference_impls.catalogue import Misconception

Array = np.ndarray[Any, Any]
Pairs = Sequence[tuple[Truth, Outcome]]

RELATIVE = {"float64": 1e-9, "float32": 1e-3}
"""Agreement asked of a candidate, relative to a tensor's largest element; the error bound of the right answer comes on
top. A wrong candidate would have to come this close on every case, with all dimensions different in some."""


def name(assignment: Assignment, evidence: Evidence, excused: Set[str], right: Set[str]) -> list[Diagnosis]:
    """What explains the failed tensors: one mistake for all of them if there is one, else one for each that has one.

    Tensors in `excused` are wrong because of another entry point, and left out. `right` are entry points that are
    right: a mistake that would show there is not the one that was made.
    """
    pairs = [
        (t, o) for t, o in zip(evidence.truths, evidence.outcomes, strict=False) if isinstance(o, Result | Failure)
    ]
    wrong = [t for t in evidence.entry.tensors if evidence.tensor_status(t.name) in ("fail", "error")]
    failed = [t for t in wrong if t.name not in excused]
    if not failed or not pairs:
        return []
    results = [(t, o) for t, o in pairs if isinstance(o, Result)]
    other = conventions.conventions(assignment, evidence.entry, failed, results) if len(results) == len(pairs) else {}
    judged = [t for t in evidence.entry.tensors if t.name not in excused]
    candidates = _candidates(assignment, evidence, right)
    found = [(m, _explained(assignment, evidence.entry, m, judged, pairs)) for m in candidates]
    whole = [m for m, names in found if len(names) == len(judged)]
    if whole:
        return [conventions.as_convention(_of(whole[0], [t.name for t in failed], pairs), other)]
    left = [t for t in failed if t.name not in other]
    return [*conventions.diagnoses(other, len(pairs)), *_piecewise(left, found, pairs)]


def _candidates(assignment: Assignment, evidence: Evidence, right: Set[str]) -> list[Misconception]:
    every = catalogue.misconceptions(assignment.id)
    return [m for m in every if evidence.entry.name in m.touches and not right & set(m.touches)]


def _piecewise(
    failed: Sequence[Tensor], found: Sequence[tuple[Misconception, list[str]]], pairs: Pairs
) -> Iterator[Diagnosis]:
    """Mistakes that explain several tensors first; then a relation to the right answer for what is left."""
    left = {tensor.name: tensor for tensor in failed}
    for mistake, names in sorted(found, key=lambda item: -len(item[1])):
        explained = [n for n in names if n in left]
        if explained:
            yield _of(mistake, explained, pairs)
            for n in explained:
                del left[n]
    results = [(t, o) for t, o in pairs if isinstance(o, Result)]
    for tensor in left.values():
        relation = next(_relations(tensor, failed, results), None) if len(results) == len(pairs) else None
        if relation is not None:
            yield relation


def _of(mistake: Misconception, explained: list[str], pairs: Pairs) -> Diagnosis:
    return Diagnosis(mistake.id, mistake.title, mistake.explanation, explained, f"{len(pairs)} of {len(pairs)} cases")


def _explained(
    assignment: Assignment, entry: EntryPoint, mistake: Misconception, tensors: Sequence[Tensor], pairs: Pairs
) -> list[str]:
    """Tensors that the mistake reproduces on every case."""
    left = list(tensors)
    for truth, outcome in pairs:
        made = _made(assignment, entry, mistake, truth)
        left = [t for t in left if _same_tensor(t, truth, outcome, made)]
        if not left:
            return []
    return [t.name for t in left]


def _same_tensor(tensor: Tensor, truth: Truth, outcome: Outcome, made: Mapping[str, Array] | str) -> bool:
    """Equal arrays; or the same exception with the same message, since a mistake that only raises explains nothing."""
    if isinstance(outcome, Failure):
        return made == trouble_of(outcome)
    if isinstance(made, str) or not isinstance(outcome, Result):
        return False
    names = part_names(tensor.name, tensor.per_layer, truth.case.dims)
    return all(
        _same(outcome.arrays[n], made[n], truth, n) if n in made and n in outcome.arrays else _neither(n, made, outcome)
        for n in names
    )


def _neither(part: str, made: Mapping[str, Array], outcome: Result) -> bool:
    return part not in made and part not in outcome.arrays


def _same(actual: Array, candidate: Array, truth: Truth, part: str) -> bool:
    if actual.shape != candidate.shape or actual.dtype.kind == "c":
        return False
    allowed: Any = truth.allowed[part] if truth.allowed[part].shape == actual.shape else 0.0
    slack = RELATIVE[truth.case.dtype] * float(np.max(np.abs(candidate[np.isfinite(candidate)]), initial=0.0))
    with np.errstate(invalid="ignore", over="ignore"):
        close = np.abs(actual.astype(np.float64) - candidate) <= allowed + slack
    return bool(np.all(close | (~np.isfinite(actual) & ~np.isfinite(candidate))))


@functools.cache
def _module(assignment_id: str, mistake_id: str) -> ModuleType:
    """The model solution with the mistake made in it. This is the project's own code, not a student's."""
    mistake = next(m for m in catalogue.misconceptions(assignment_id) if m.id == mistake_id)
    module = ModuleType(f"{assignment_id}.{mistake_id}")
    source = catalogue.apply(catalogue.source(assignment_id), mistake)
    exec(compile(source, module.__name__, "exec"), module.__dict__)  # noqa: S102
    return module


Made = dict[str, Array] | str
"""Results by name, or the exception in words."""
_results: dict[tuple[str, str, str, str], Made] = {}
MOST_RESULTS = 20_000


def _made(assignment: Assignment, entry: EntryPoint, mistake: Misconception, truth: Truth) -> Made:
    """What the model solution with the mistake returns on a case, or the exception it raises."""
    key = (assignment.id, entry.name, mistake.id, repr(truth.case))
    if key not in _results:
        if len(_results) >= MOST_RESULTS:
            _results.clear()
        _results[key] = _run(assignment, entry, _module(assignment.id, mistake.id), truth)
    return _results[key]


def _run(assignment: Assignment, entry: EntryPoint, code: ModuleType, truth: Truth) -> Made:
    operation = importlib.import_module(registry.folders()[assignment.id] + ".driver").OPERATIONS[entry.name]
    arrays: dict[str, Any] = {name: array.copy() for name, array in exercise(assignment, entry, truth).arrays.items()}
    if assignment.library == "torch":
        torch = importlib.import_module("torch")
        arrays = {name: torch.from_numpy(array) for name, array in arrays.items()}
    before = np.random.get_state()
    np.random.seed(truth.case.seed)  # as a worker does: some results are weights that nobody initialised
    try:
        with np.errstate(all="ignore"):
            outputs = operation(code, arrays)
        return {name: np.asarray(value, dtype=np.float64) for name, value in outputs.items() if value is not None}
    except Exception as error:  # noqa: BLE001 - a mistake can make the model raise anything: that is what it then does
        return trouble_of(failure_of(error, ""))
    finally:
        np.random.set_state(before)


SCALES: tuple[tuple[str, str, Callable[[Mapping[str, int]], float]], ...] = (
    ("-1", "its sign is flipped", lambda d: -1.0),
    ("2", "it is twice as large as it should be", lambda d: 2.0),
    ("1/2", "it is half as large as it should be", lambda d: 0.5),
    (
        "1/N",
        "it is divided by the batch size N: averaged where the sum was asked for",
        lambda d: 1 / d.get("N", math.nan),
    ),
    (
        "N",
        "it is N times too large: summed over the batch where the average was asked for",
        lambda d: d.get("N", math.nan),
    ),
    ("1/T", "it is divided by the number of steps T", lambda d: 1 / d.get("T", math.nan)),
    ("T", "it is T times too large", lambda d: d.get("T", math.nan)),
    ("1/(N T)", "it is divided by N times T", lambda d: 1 / (d.get("N", math.nan) * d.get("T", math.nan))),
    ("1/H", "it is divided by the hidden size H", lambda d: 1 / d.get("H", math.nan)),
    ("0", "it is zero", lambda d: 0.0),
)
"""Factors, what each means, and its value on a case."""


def _relations(tensor: Tensor, failed: Sequence[Tensor], pairs: Sequence[tuple[Truth, Result]]) -> Iterator[Diagnosis]:
    """Simple relations between the student's tensor and right ones, that hold on every case."""

    def always(candidate: Callable[[Truth, str], Array | None]) -> bool:
        return all(
            n in outcome.arrays
            and (wanted := candidate(truth, n)) is not None
            and _same(outcome.arrays[n], wanted, truth, n)
            for truth, outcome in pairs
            for n in part_names(tensor.name, tensor.per_layer, truth.case.dims)
        )

    for other in failed:
        if other.name != tensor.name and not tensor.per_layer and always(lambda t, n, o=other: t.expected.get(o.name)):  # type: ignore[misc]
            yield _relation(tensor, "swapped", f"{tensor.name} is {other.name}", "two results changed places", pairs)
    if len(tensor.dims) == 2 and always(lambda t, n: t.expected[n].T):
        yield _relation(tensor, "transposed", f"{tensor.name} is transposed", "rows and columns changed places", pairs)
    for factor, meaning, value in SCALES:
        if always(lambda t, n, v=value: v(t.case.dims) * t.expected[n]):  # type: ignore[misc]
            yield _relation(tensor, f"scale {factor}", f"{tensor.name}: {meaning}", f"the factor is {factor}", pairs)


def _relation(tensor: Tensor, kind: str, title: str, why: str, pairs: Pairs) -> Diagnosis:
    return Diagnosis(kind, title, why, [tensor.name], f"{len(pairs)} of {len(pairs)} cases")
