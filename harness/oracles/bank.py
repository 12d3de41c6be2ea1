"""The case bank: inputs, answers and error bounds of every case, computed once and kept for all submissions.

PyTorch and Hypothesis are needed to make a bank, and imported only then.
"""

from __future__ import annotations

import functools
import importlib.util
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from harness import stopwatch
from harness.assignments import registry
from harness.assignments.contract import Assignment, Group
from harness.cases.case import Case
from harness.cases.filling import inputs
from harness.fingerprint import fingerprint
from harness.oracles import bank_folder
from harness.oracles.allowances import THRESHOLD, undecidable
from harness.oracles.error_bound import run_model
from harness.oracles.truth import GraderFault as GraderFault
from harness.oracles.truth import Truth as Truth
from harness.ungraded import versions

Array = np.ndarray[Any, Any]


@functools.lru_cache(maxsize=32)
def truths(assignment_id: str, group_name: str, seed_text: str, count: int) -> tuple[Truth, ...]:
    """Every case of a group with its answers, simplest first. Raises `GraderFault`."""
    what = {"seed": seed_text, "cases": str(count)}
    return kept(assignment_id, group_name, what, lambda: _made(assignment_id, group_name, seed_text, count))


@stopwatch.phase("oracle")
def kept(
    assignment_id: str, group_name: str, what: Mapping[str, str], make: Callable[[], Sequence[Truth]]
) -> tuple[Truth, ...]:
    """Cases with their answers from the disk, found by `what` they are; or made, and kept there."""
    about = {**what, **_about(assignment_id, group_name)}
    rows = bank_folder.found(about)
    if rows is None:
        with bank_folder.building(about):
            rows = bank_folder.found(about)
            if rows is None:
                made = tuple(make())
                bank_folder.keep(about, [(t.case, (t.inputs, t.expected, t.allowed)) for t in made])
                return made
    return tuple(Truth(case, *parts) for case, parts in rows)


def _made(assignment_id: str, group_name: str, seed_text: str, count: int) -> tuple[Truth, ...]:
    from harness.cases import drawing

    assignment = registry.get(assignment_id)
    cases = drawing.cases(assignment, assignment.group(group_name), seed_text, count)
    found = [telling(assignment, group_name, case) for case in cases]
    return tuple(sorted(found, key=lambda known: known.case.complexity()))


def _about(assignment_id: str, group_name: str) -> dict[str, str]:
    """All that answers depend on, the code that makes them included."""
    made_by = {"code": fingerprint(*_roots(assignment_id)), "python": platform.python_version()}
    return {"assignment": assignment_id, "group": group_name, **made_by, "machine": platform.machine(), **versions()}


def _roots(assignment_id: str) -> list[Path]:
    """The folders whose code decides about cases and answers."""
    house, model = Path(__file__).parents[1], registry.get(assignment_id).model
    modules = [registry.folders()[assignment_id], *([model] if model else [])]
    specs = [importlib.util.find_spec(name) for name in modules]
    own = {Path(spec.origin).parent for spec in specs if spec and spec.origin}
    return [*(house / name for name in ("assignments", "cases", "diagnosis", "oracles")), *sorted(own)]


TRIES, STRIDE = 16, 1009
"""How often a case is drawn again before it is made smaller; how far from each other the seeds are, so that they are no
other case's."""


def telling(assignment: Assignment, group_name: str, case: Case) -> Truth:
    """The answers for one case; an ordinary one whose numbers leave a result open is drawn again with another seed, and
    one that always does is made smaller by one in every dimension.

    That a gradient has all but vanished says nothing of a submission, and such a case would be judged for nobody. Seeds
    move by a fixed stride: the same cases for everybody. Raises `GraderFault`.
    """
    found = truth(assignment, group_name, case)
    if not case.ordinary or not _open(found):
        return found
    for number in range(1, TRIES):
        seed = (case.seed + number * STRIDE) % 2**16
        again = truth(assignment, group_name, msgspec.structs.replace(case, seed=seed))
        if not _open(again):
            return again
    bounds = assignment.group(group_name).dims
    smaller = {name: max(bounds[name][0], size - 1) for name, size in case.dims.items()}
    if smaller == case.dims:
        return found
    return telling(assignment, group_name, msgspec.structs.replace(case, dims=smaller))


def _open(known: Truth) -> bool:
    """Whether rounding leaves a result open: all of its layers, where it has several."""
    parts: dict[str, list[bool]] = {}
    for name, expected in known.expected.items():
        is_open = undecidable(expected, known.allowed[name], known.case.dtype)
        parts.setdefault(name.partition("[")[0], []).append(is_open)
    return any(all(found) for found in parts.values())


_known: dict[tuple[str, str, str], Truth] = {}
MOST_KNOWN = 4096


@stopwatch.phase("oracle")
def truth(assignment: Assignment, group_name: str, case: Case) -> Truth:
    """The answers for one case, from both oracles. Raises `GraderFault` when they disagree beyond the bound."""
    key = (assignment.id, group_name, repr(case))
    if key not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[key] = _find(assignment, group_name, case)
    return _known[key]


_allowed: dict[tuple[int, str], tuple[Truth, dict[str, Array]]] = {}
"""By the identity of a truth, which is kept so that no other one gets it, and dtype."""


def allowed_in(assignment: Assignment, group_name: str, known: Truth, dtype: str) -> dict[str, Array]:
    """What rounding would allow had everything been computed in `dtype`."""
    if not assignment.has_answers:
        return known.allowed
    if (id(known), dtype) not in _allowed:
        if len(_allowed) >= MOST_KNOWN:
            _allowed.clear()
        _, bounds = run_model(assignment, assignment.group(group_name), known.inputs, dtype)
        _allowed[id(known), dtype] = known, {name: THRESHOLD * bound for name, bound in bounds.items()}
    return _allowed[id(known), dtype][1]


def _find(assignment: Assignment, group_name: str, case: Case) -> Truth:
    group = assignment.group(group_name)
    return answered(assignment, group, case, inputs(case, group))


def answered(assignment: Assignment, group: Group, case: Case, arrays: dict[str, Array]) -> Truth:
    """The answers on inputs of the case's dimensions, its own or others. Raises `GraderFault`."""
    if not assignment.has_answers:
        return Truth(case, arrays, {}, {})
    from harness.oracles import autograd

    expected = autograd.answers(assignment, group, arrays, case.dims)
    values, bounds = run_model(assignment, group, arrays, "float64")
    _agree(assignment, case, expected, values, bounds)
    if case.dtype != "float64":
        _, bounds = run_model(assignment, group, arrays, case.dtype)
    return Truth(case, arrays, expected, {name: THRESHOLD * bounds[name] for name in expected})


def _agree(
    assignment: Assignment, case: Case, one: dict[str, Array], other: dict[str, Array], bounds: dict[str, Array]
) -> None:
    if one.keys() != other.keys():
        raise GraderFault(f"{assignment.id}: the oracles name different results: {sorted(one)} and {sorted(other)}")
    for name, value in one.items():
        same = value.shape == other[name].shape and np.all(np.abs(value - other[name]) <= THRESHOLD * bounds[name])
        if not same:
            raise GraderFault(
                f"{assignment.id}: PyTorch autograd and the model solution disagree about {name} on {case}; "
                "this is a fault of the grader, please report it"
            )
