"""Looks at cases again: the same call once more, and in a fresh process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import Group, part_names
from harness.cases.case import cheapest
from harness.evidence import Evidence, exercise, judged
from harness.report import Check, Diagnosis
from harness.worker.session import Ended, Outcome, Result
from harness.worker.workbench import Workbench

Array = np.ndarray[Any, Any]

SAME_AGAIN, NO_STATE_KEPT = "same_again", "no_state_kept"
FEW = 2
"""Cases of each kind, right and wrong, that are looked at again; one, where nothing is wrong."""
WRONG = frozenset({"fail", "error"})
KEPT = Diagnosis(
    "state kept",
    "something is left over from the calls before",
    "The same call is right in a fresh process and wrong after other calls. A global, a class attribute or a default "
    "argument that is changed keeps values from one call to the next.",
    [],
    "the same call in a fresh process",
)


class Unsteady(msgspec.Struct, frozen=True):
    """A tensor whose verdict changed, on which case, and both answers in words."""

    tensor: str
    place: int
    answers: str


def repeated(bench: Workbench, evidence: Evidence) -> tuple[list[Unsteady], Check]:
    """The same calls once more, with other random numbers to be had: a verdict that changes is no verdict."""
    chosen = _telling(evidence, bench.assignment.group(evidence.entry.group))
    outcomes = _run(bench, evidence, chosen)
    found = [_change(evidence, t.name, chosen, outcomes, bench) for t in evidence.entry.tensors]
    return [f for f in found if f], Check(SAME_AGAIN, None, "pass", len(chosen), 0, relation=True)


Found = tuple[list[Check], list[Diagnosis]]


def explained(bench: Workbench, evidence: Evidence, unsteady: Sequence[Unsteady]) -> Found:
    """Checks of tensors whose verdict changed. State is kept where the call is right in every fresh process, and from
    now on wrong in this one; chance would have to look like that seven times."""
    kept = [u for u in unsteady if _stays_wrong(bench, evidence, u) and _right_alone(bench, evidence, u)]
    rest = [u for u in unsteady if u not in kept]
    checks = [
        Check(SAME_AGAIN, u.tensor, "nondeterministic", 1, 1, f"the same call twice: {u.answers}", relation=True)
        for u in rest
    ]
    return checks + [_kept(u, "the same call twice") for u in kept], _diagnosis(kept)


def alone(bench: Workbench, evidence: Evidence, tensors: Sequence[str]) -> Found:
    """The first wrong case of each tensor in a fresh process: right there, it was spoilt by the calls before."""
    found = []
    for name in tensors:
        wrong = [i for i, status in _statuses(evidence, name).items() if status in WRONG][:1]
        with _another(bench) as fresh:
            found.append(_change(evidence, name, wrong, _run(fresh, evidence, wrong), bench))
    kept = [f for f in found if f]
    return [_kept(u, "after other calls, and alone") for u in kept], _diagnosis(kept)


def without_programs(checks: Sequence[Check], kept: Sequence[str]) -> list[Check]:
    """The checks, without the programs to paste for tensors spoilt by earlier calls: alone they would show nothing."""
    return [msgspec.structs.replace(c, counterexample=None) if c.tensor in kept else c for c in checks]


def _another(bench: Workbench) -> Workbench:
    """The same submission, on a workbench of its own."""
    return type(bench)(bench.files, bench.entry_files, bench.assignment, bench.level)


def _kept(unsteady: Unsteady, calls: str) -> Check:
    return Check(NO_STATE_KEPT, unsteady.tensor, "fail", 1, 1, f"{calls}: {unsteady.answers}")


def _diagnosis(kept: Sequence[Unsteady]) -> list[Diagnosis]:
    return [msgspec.structs.replace(KEPT, explains=[u.tensor for u in kept])] if kept else []


def _stays_wrong(bench: Workbench, evidence: Evidence, unsteady: Unsteady) -> bool:
    return all(_wrong_now(bench, evidence, unsteady) for _ in range(4))


def _right_alone(bench: Workbench, evidence: Evidence, unsteady: Unsteady) -> bool:
    for _ in range(3):
        with _another(bench) as fresh:
            if _wrong_now(fresh, evidence, unsteady):
                return False
    return True


def _wrong_now(bench: Workbench, evidence: Evidence, unsteady: Unsteady) -> bool:
    outcomes = _run(bench, evidence, [unsteady.place])
    truth = evidence.truths[unsteady.place]
    verdicts = judged(bench.assignment, evidence.entry, [truth], outcomes)[unsteady.tensor]
    return not verdicts or verdicts[0].status in WRONG


def _statuses(evidence: Evidence, tensor: str, places: Sequence[int] | None = None) -> dict[int, str]:
    """For every case that has a verdict on the tensor, or these alone, by its place: the verdict's status."""
    wanted = range(len(evidence.truths)) if places is None else places
    by_truth = {id(evidence.truths[i]): i for i in wanted}
    found = {by_truth[id(v.truth)]: v.status for v in evidence.verdicts.get(tensor, ()) if id(v.truth) in by_truth}
    return {i: found[i] for i in sorted(found)}


def _telling(evidence: Evidence, group: Group) -> list[int]:
    """For every tensor that is wrong somewhere, the last cases that are right and the last that are wrong: the larger
    ones. Where nothing is wrong, the cheapest case that will do."""
    found = [_statuses(evidence, t.name) for t in evidence.entry.tensors if evidence.tensor_status(t.name) in WRONG]
    some = {i for statuses in found for i in _some_of_each(statuses)}
    if some:
        return sorted(some)
    ran = [i for i, o in enumerate(evidence.outcomes) if o is not None and not isinstance(o, Ended)]
    return [min(ran, key=lambda i: cheapest(evidence.truths[i].case.dims, group))] if ran else []


def _some_of_each(statuses: dict[int, str]) -> list[int]:
    wrong = [i for i, status in statuses.items() if status in WRONG]
    return [*[i for i in statuses if i not in wrong][-FEW:], *wrong[-FEW:]] if wrong else []


def _run(bench: Workbench, evidence: Evidence, places: Sequence[int]) -> list[Outcome]:
    exercises = [exercise(bench.assignment, evidence.entry, evidence.truths[i], evidence.variant) for i in places]
    return bench.run([msgspec.structs.replace(e, seed=e.seed + 1) for e in exercises])


def _change(
    evidence: Evidence, tensor: str, places: Sequence[int], outcomes: Sequence[Outcome], bench: Workbench
) -> Unsteady | None:
    """Where a right verdict became a wrong one or the other way round; None when none did."""
    before = _statuses(evidence, tensor, places)
    only = tuple(t for t in evidence.entry.tensors if t.name == tensor)
    entry = msgspec.structs.replace(evidence.entry, tensors=only)
    for place, outcome in zip(places, outcomes, strict=False):
        if place not in before or isinstance(outcome, Ended):
            continue
        verdicts = judged(bench.assignment, entry, [evidence.truths[place]], [outcome])[tensor]
        if (before[place] in WRONG) != (verdicts[0].status in WRONG):
            return Unsteady(tensor, place, _in_words(evidence, tensor, place, outcome))
    return None


def _in_words(evidence: Evidence, tensor: str, place: int, second: Outcome) -> str:
    """Both answers: the element that differs most, or that one of them is none."""
    truth, first = evidence.truths[place], evidence.outcomes[place]
    at = ", ".join(f"{name}={size}" for name, size in truth.case.dims.items())
    item = next(t for t in evidence.entry.tensors if t.name == tensor)
    for part in part_names(tensor, item.per_layer, truth.case.dims):
        one, other = (_array(outcome, part) for outcome in (first, second))
        if one is not None and other is not None and one.shape == other.shape and not np.array_equal(one, other):
            worst = np.unravel_index(int(np.argmax(np.nan_to_num(np.abs(one - other), nan=np.inf))), one.shape)
            index = f"{part}[{', '.join(map(str, map(int, worst)))}]" if worst else part
            return f"{index} came {one[worst]:.10g}, then {other[worst]:.10g}, at {at}"
    return f"{tensor} came once and not the other time, at {at}"


def _array(outcome: Outcome | None, part: str) -> Array | None:
    return outcome.arrays.get(part) if isinstance(outcome, Result) else None
