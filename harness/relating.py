"""Exercises the properties that relate several runs of an entry point, and makes checks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from harness.assignments.contract import Assignment, EntryPoint, Group, Input, Tensor, part_names
from harness.diagnosis.charging import assembled
from harness.evidence import Evidence, exercise
from harness.oracles.bank import Truth
from harness.properties.metamorphic import METAMORPHIC, Arrays, Claim, Metamorphic, Run, Start
from harness.report import Check, Status
from harness.worker.session import Ended, Outcome, Result
from harness.worker.workbench import Exercise, Workbench

Array = np.ndarray[Any, Any]

FEW = 2
"""Cases each property is looked at on: what breaks one breaks it on nearly every ordinary case."""

BROKEN = "this does not hold, as it does for every right answer: it "


def related(bench: Workbench, evidence: Evidence, known: Mapping[str, Evidence]) -> list[Check]:
    """A check of every property that is about the entry point: one where it holds, one a tensor where it does not."""
    entry, group = evidence.entry, bench.assignment.group(evidence.entry.group)
    wanted = [p for p in METAMORPHIC if p.about(entry, group) and _applies(bench.assignment, p, entry, known)]
    starts = [] if evidence.variant else _starts(bench.assignment, group, evidence, known)
    chosen = [(p, s) for p in wanted for s in [s for s in starts if p.shows(s.sizes)][-FEW:]]
    found = _claims(bench, entry, chosen)
    forward = known.get(entry.forward, evidence)
    decides = _right(bench.assignment, evidence) and _right(bench.assignment, forward)
    return [check for p in wanted for check in _checks(p, [c for (q, _), c in found if q is p], decides)]


def _applies(assignment: Assignment, chosen: Metamorphic, entry: EntryPoint, known: Mapping[str, Evidence]) -> bool:
    """A chain of steps says something about the sequence only where the steps are right."""
    step = known.get(entry.step)
    return chosen.name != "steps_chained" or (step is not None and not step.unrun and _right(assignment, step))


def _right(assignment: Assignment, evidence: Evidence) -> bool:
    """Whether nothing else is wrong with it; without an answer key, that it gave results is all that is known."""
    if not assignment.has_answers:
        return not evidence.failed
    return all(evidence.tensor_status(t.name) == "pass" for t in evidence.entry.tensors)


def _starts(assignment: Assignment, group: Group, evidence: Evidence, known: Mapping[str, Evidence]) -> list[Start]:
    """Plain cases on which every result has its shape, those whose smallest dimension is largest last."""
    entry = evidence.entry
    forwards = _outcomes(known.get(entry.forward))
    found = []
    for truth, outcome in zip(evidence.truths, evidence.outcomes, strict=False):
        if set(truth.case.features) - {"layout", "mask", "markers"} or not _whole(entry, truth, outcome):
            continue
        forward = forwards.get(id(truth))
        found.append(
            Start(
                entry,
                group,
                truth.case.dims,
                exercise(assignment, entry, truth).arrays,
                outcome.arrays,  # type: ignore[union-attr]
                truth.allowed,
                _axes(assignment, entry, group),
                forward.arrays if isinstance(forward, Result) and _real(forward.arrays) else {},
            )
        )
    return sorted(found, key=lambda s: min(s.sizes.values()))


def _outcomes(evidence: Evidence | None) -> dict[int, Outcome | None]:
    if evidence is None:
        return {}
    return {id(t): o for t, o in zip(evidence.truths, evidence.outcomes, strict=False)}


def _whole(entry: EntryPoint, truth: Truth, outcome: Outcome | None) -> bool:
    """Whether every result is there, in its shape, and finite."""
    if not isinstance(outcome, Result):
        return False
    names = [n for t in entry.tensors for n in part_names(t.name, t.per_layer, truth.case.dims)]
    found = [(outcome.arrays.get(n), truth.expected[n]) for n in names]
    whole = all(a is not None and a.shape == e.shape and bool(np.all(np.isfinite(a))) for a, e in found)
    return whole and _real(outcome.arrays)


def _real(arrays: Arrays) -> bool:
    """Whether no result is complex: such a one fails by itself."""
    return all(a.dtype.kind != "c" for a in arrays.values())


def _axes(assignment: Assignment, entry: EntryPoint, group: Group) -> dict[str, tuple[str, ...]]:
    """Names of the dimensions of every input and result, those of the forward function that are passed in included."""
    items: list[Input | Tensor] = [*group.inputs, *entry.tensors]
    if entry.given:
        items += assignment.entry_point(entry.forward).tensors
    return {item.name: item.dims for item in items}


class _Open:
    """A property in the middle of its runs."""

    def __init__(self, chosen: Metamorphic, start: Start) -> None:
        self.steps = chosen.steps(start)
        self.wanted: list[Run] = []
        self.claims: list[Claim] | None = None
        self.send(None)

    def send(self, results: list[Arrays] | None) -> None:
        """Go on to the next runs, or to the claims; what cannot be told apart as it should be claims nothing."""
        self.wanted = []
        try:
            self.wanted = self.steps.send(results)  # type: ignore[arg-type]
            if not self.wanted:
                self.send([])
        except StopIteration as done:
            self.claims = done.value
        except (
            KeyError,
            ValueError,
            IndexError,
        ):  # a result that is missing or has another shape than on the case itself
            self.claims = None


Chosen = Sequence[tuple[Metamorphic, Start]]


def _claims(bench: Workbench, entry: EntryPoint, chosen: Chosen) -> list[tuple[tuple[Metamorphic, Start], list[Claim]]]:
    """Claims of every property on every case it was chosen for; all of them run side by side, a frame a round."""
    opened = [_Open(p, start) for p, start in chosen]
    while waiting := [o for o in opened if o.wanted]:
        runs = [run for o in waiting for run in o.wanted]
        outcomes = bench.run([Exercise(entry.name + run.variant, run.arrays) for run in runs])
        if len(outcomes) < len(runs) or any(isinstance(o, Ended) for o in outcomes):
            break
        rest = iter(outcomes)
        for o in waiting:
            mine = [next(rest) for _ in o.wanted]
            results = [assembled(m.arrays) for m in mine if isinstance(m, Result) and _real(m.arrays)]
            if len(results) == len(mine):
                o.send(results)
            else:
                o.wanted = []
    return [(pair, o.claims) for pair, o in zip(chosen, opened, strict=True) if o.claims is not None]


def _checks(chosen: Metamorphic, found: Sequence[Sequence[Claim]], decides: bool) -> Iterable[Check]:
    if not found:
        return
    broken = {c.tensor: 0 for claims in found for c in claims if not _holds(c)}
    for claims in found:
        for tensor in {c.tensor for c in claims if not _holds(c)}:
            broken[tensor] += 1
    if not broken:
        yield Check(chosen.name, None, "pass", len(found), 0, chosen.title, relation=True)
    for tensor, failed in broken.items():
        # Where something is wrong already, or right to float32 only, or runs on a wrong forward function, a broken
        # relation only tells more.
        status: Status = "fail" if decides else "not_judged"
        yield Check(chosen.name, tensor, status, len(found), failed, BROKEN + chosen.title, relation=True)


def _holds(claim: Claim) -> bool:
    if claim.left.shape != claim.right.shape:
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        return bool(np.all(np.abs(claim.left.astype(np.float64) - claim.right) <= claim.allowed))
