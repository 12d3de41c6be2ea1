"""Exercises the properties that relate several runs of an entry point, and makes checks of them."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from harness.assignments.contract import Assignment, EntryPoint, Group, Input, Tensor, part_names
from harness.cases.case import cheapest
from harness.diagnosis.charging import assembled
from harness.evidence import Evidence, exercise
from harness.oracles.bank import Truth
from harness.properties.metamorphic import METAMORPHIC, Arrays, Claim, Metamorphic, Run, Start
from harness.report import Check, Status
from harness.worker.session import Ended, Outcome, Result
from harness.worker.workbench import Exercise, Workbench

Array = np.ndarray[Any, Any]

RIGHT, WRONG, UNKNOWN = 1, 2, 6
"""Cases each property is looked at on, where all agrees with the answer key, where it does not, and where there is
none: what breaks a property breaks it on nearly every ordinary case."""

PLAIN = frozenset({"layout", "mask", "markers"})
"""Features that a plain case may have."""

BROKEN = "this does not hold, as it does for every right answer: it "


def related(
    bench: Workbench, evidence: Evidence, known: Mapping[str, Evidence], names: Sequence[str] = ()
) -> list[Check]:
    """A check of every property that is about the entry point, or of those named: one where it holds, one a tensor
    where it does not."""
    entry, group = evidence.entry, bench.assignment.group(evidence.entry.group)
    about = [p for p in METAMORPHIC if p.about(entry, group) and (not names or p.name in names)]
    wanted = [p for p in about if _applies(bench.assignment, p, entry, known)]
    if not wanted:
        return []
    starts = _Starts(bench.assignment, group, evidence, known)
    few = UNKNOWN if not bench.assignment.has_answers else RIGHT if right(evidence) else WRONG
    chosen = [(p, s) for p in wanted for s in starts.showing(p, few)]
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
    return right(evidence) if assignment.has_answers else not evidence.failed


def right(evidence: Evidence) -> bool:
    """Whether every tensor agrees with the answer key."""
    return all(evidence.tensor_status(t.name) == "pass" for t in evidence.entry.tensors)


class _Starts:
    """Plain cases on which every result has its shape, each made when a property is first looked at on it."""

    def __init__(self, assignment: Assignment, group: Group, evidence: Evidence, known: Mapping[str, Evidence]) -> None:
        self.assignment, self.group, self.entry = assignment, group, evidence.entry
        pairs = [] if evidence.variant else zip(evidence.truths, evidence.outcomes, strict=False)
        plain = [(t, o) for t, o in pairs if t.case.features.keys() <= PLAIN]
        agrees = right(evidence)
        self.ranked = sorted(plain, key=lambda pair: _rank(group, pair[0].case.dims, agrees))
        self.forwards = _outcomes(known.get(self.entry.forward))
        self.axes = _axes(assignment, self.entry, group)
        self.made: dict[int, Start | None] = {}

    def showing(self, chosen: Metamorphic, few: int) -> list[Start]:
        """A few cases that can show a property, the best first."""
        fit = (i for i, (truth, _) in enumerate(self.ranked) if chosen.shows(truth.case.dims))
        return list(itertools.islice((s for s in map(self._start, fit) if s is not None), few))

    def _start(self, place: int) -> Start | None:
        if place not in self.made:
            self.made[place] = self._make(*self.ranked[place])
        return self.made[place]

    def _make(self, truth: Truth, outcome: Outcome | None) -> Start | None:
        if not isinstance(outcome, Result) or not _whole(self.entry, truth, outcome):
            return None
        forward = self.forwards.get(id(truth.case))
        return Start(
            self.entry,
            self.group,
            truth.case.dims,
            exercise(self.assignment, self.entry, truth).arrays,
            dict(outcome.arrays),
            truth.allowed,
            self.axes,
            dict(forward.arrays) if isinstance(forward, Result) and _real(forward.arrays) else {},
        )


def _rank(group: Group, dims: dict[str, int], agrees: bool) -> tuple[int, int]:
    """Sorts the best cases first: those whose smallest dimension is largest, as where it is 1 much cannot show. Where
    all agrees with the answer key, what is left to be seen, such as state that is kept, shows on the cheapest too."""
    if agrees:
        return cheapest(dims, group)
    return -min(dims[name] for name, (_, high) in group.dims.items() if high > 1), -math.prod(dims.values())


def _outcomes(evidence: Evidence | None) -> dict[int, Outcome | None]:
    if evidence is None:
        return {}
    return {id(t.case): o for t, o in zip(evidence.truths, evidence.outcomes, strict=False)}


def _whole(entry: EntryPoint, truth: Truth, outcome: Outcome | None) -> bool:
    """Whether every result is there, in its shape, and finite."""
    if not isinstance(outcome, Result):
        return False
    names = [n for t in entry.tensors for n in part_names(t.name, t.per_layer, truth.case.dims)]
    found = [(outcome.arrays.get(n), truth.expected[n]) for n in names]
    whole = all(a is not None and a.shape == e.shape and bool(np.all(np.isfinite(a))) for a, e in found)
    return whole and _real(outcome.arrays)


def _real(arrays: Mapping[str, Array]) -> bool:
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
    with np.errstate(invalid="ignore", over="ignore"):
        broken = Counter(n for claims in found for n in dict.fromkeys(c.tensor for c in claims if not _holds(c)))
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
    distance = np.abs(claim.left.astype(np.float64, copy=False) - claim.right)
    return bool((distance <= claim.allowed).all())
