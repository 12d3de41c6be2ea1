"""Exercises the behaviour a handout demands of an entry point, and makes a check of each demand and tensor."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness import checking
from harness.assignments.contract import Demand, Tensor
from harness.diagnosis.charging import ordinary
from harness.evidence import Evidence, exercise
from harness.oracles.bank import Truth
from harness.properties import demands
from harness.properties.agreement import CaseVerdict
from harness.relating import right
from harness.report import Check
from harness.worker.session import Outcome
from harness.worker.workbench import Workbench

FEW = 2
"""Ordinary cases that a demand is looked at on where one call by itself is right; on more where it is not."""
Seen = Sequence[tuple[Truth, Outcome]]


def demanded(bench: Workbench, evidence: Evidence) -> list[Check]:
    """A check for every demanded behaviour of every tensor it is demanded of."""
    seen = [(t, o) for t, o in zip(evidence.truths, evidence.outcomes, strict=False) if o is not None]
    again = _called_twice(bench, evidence, seen)
    found: dict[str, dict[str, list[CaseVerdict]]] = {
        d.property: _verdicts(evidence, d, seen, again) for d in evidence.entry.demands
    }
    return checking.demanded(evidence.entry, found)


def _called_twice(bench: Workbench, evidence: Evidence, seen: Seen) -> list[tuple[Truth, Outcome, Outcome]]:
    """A few ordinary cases, what came of one backward call, and what of two and of `zero_grad` after them."""
    if all(d.property == demands.KEEPS_DTYPE for d in evidence.entry.demands):
        return []
    plain = ordinary(evidence.truths)
    if right(evidence):
        plain = sorted(plain, key=lambda truth: math.prod(truth.case.dims.values()))[:FEW]
    chosen = {id(truth) for truth in plain}
    few = [(t, o) for t, o in seen if id(t) in chosen]
    again = bench.run([exercise(bench.assignment, evidence.entry, t, "/accumulates") for t, _ in few])
    return [(*pair, r) for pair, r in zip(few, again, strict=False)]


def _verdicts(
    evidence: Evidence, demand: Demand, seen: Seen, again: Sequence[tuple[Truth, Outcome, Outcome]]
) -> dict[str, list[CaseVerdict]]:
    tensors = [t for t in evidence.entry.tensors if t.name in demand.tensors]
    if demand.property == demands.KEEPS_DTYPE:
        return {t.name: [demands.keeps_dtype(t, truth, o) for truth, o in seen] for t in tensors}
    return {t.name: [_repeated(demand, t, *one) for one in again] for t in tensors}


def _repeated(demand: Demand, tensor: Tensor, truth: Truth, once: Outcome, repeated: Outcome) -> CaseVerdict:
    if demand.property == demands.ACCUMULATE:
        return demands.accumulates(tensor, truth, once, repeated)
    return demands.resets(tensor, truth, repeated)
