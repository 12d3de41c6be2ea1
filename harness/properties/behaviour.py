"""What an entry point does besides returning numbers: warns, costs no points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import EntryPoint
from harness.oracles.bank import Truth
from harness.properties.agreement import AllowedIn, judge
from harness.report import BehaviourFinding
from harness.worker.session import Outcome, Result
from harness.worker.workbench import Exercise

Array = np.ndarray[Any, Any]
Plan = Callable[[EntryPoint, Truth], Exercise]


class Behaviour(msgspec.Struct, frozen=True):
    """A claim about how an entry point treats its inputs: how to exercise it, and what to say when it does not hold."""

    name: str
    layout: str
    watch: bool
    problem: Callable[[EntryPoint, Truth, Outcome, AllowedIn], str]


def _changed(entry: EntryPoint, truth: Truth, outcome: Outcome, allowed_in: AllowedIn) -> str:
    """Leaves its arguments as they were."""
    changed = outcome.changed if isinstance(outcome, Result) else ()
    return f"changes its caller's {', '.join(changed)} in place" if changed else ""


def _wrong(entry: EntryPoint, truth: Truth, outcome: Outcome, allowed_in: AllowedIn) -> str:
    """Gives the same results for arrays that are laid out in memory in another way."""
    verdicts = [judge(tensor, truth, outcome, allowed_in) for tensor in entry.tensors]
    bad = [v for v in verdicts if v.status in ("fail", "error")]
    if not bad:
        return ""
    return bad[0].trouble or f"gives another result ({bad[0].part})"


def _strided(entry: EntryPoint, truth: Truth, outcome: Outcome, allowed_in: AllowedIn) -> str:
    """Accepts arrays that are not contiguous in memory."""
    problem = _wrong(entry, truth, outcome, allowed_in)
    return f"with arrays that are not contiguous in memory: {problem}" if problem else ""


def _read_only(entry: EntryPoint, truth: Truth, outcome: Outcome, allowed_in: AllowedIn) -> str:
    """Accepts arrays that must not be written to."""
    problem = _wrong(entry, truth, outcome, allowed_in)
    return f"with read-only arrays: {problem}" if problem else ""


BEHAVIOURS = (
    Behaviour("inputs_untouched", "C", True, _changed),
    Behaviour("accepts_strided", "strided", False, _strided),
    Behaviour("accepts_read_only", "read_only", False, _read_only),
)


def exercises(entry: EntryPoint, truths: Sequence[Truth], plan: Plan) -> list[Exercise]:
    """Every behaviour on every truth, in that order."""
    return [
        msgspec.structs.replace(plan(entry, truth), layout=behaviour.layout, watch=behaviour.watch)
        for behaviour in BEHAVIOURS
        for truth in truths
    ]


def findings(
    entry: EntryPoint, truths: Sequence[Truth], outcomes: Sequence[Outcome], allowed_in: AllowedIn
) -> list[BehaviourFinding]:
    """One finding a behaviour that does not hold; outcomes as `exercises` ordered them, possibly cut short."""
    found = []
    for number, behaviour in enumerate(BEHAVIOURS):
        mine = outcomes[number * len(truths) : (number + 1) * len(truths)]
        problems = [behaviour.problem(entry, t, o, allowed_in) for t, o in zip(truths, mine, strict=False)]
        problem = next((p for p in problems if p), "")
        if problem:
            found.append(BehaviourFinding(behaviour.name, entry.name, "fail", f"{entry.name} {problem}"))
    return found
