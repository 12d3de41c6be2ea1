"""What was seen of one entry point: every case, what came of it, and the verdict on each tensor."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import Assignment, EntryPoint, Group
from harness.cases.filling import sent
from harness.oracles import bank
from harness.oracles.bank import Truth
from harness.properties import agreement, together
from harness.properties.agreement import CaseVerdict
from harness.report import Status
from harness.wire import Failure
from harness.worker.session import Ended, Outcome, Result
from harness.worker.workbench import Exercise

Array = np.ndarray[Any, Any]


class Evidence(msgspec.Struct, frozen=True, dict=True):
    """All that is known about one entry point. `unrun` says why it was not exercised at all, if so."""

    entry: EntryPoint
    truths: tuple[Truth, ...] = ()
    outcomes: tuple[Outcome | None, ...] = ()
    """One a truth; None where a forward function that failed left nothing to judge, or the worker had ended."""
    verdicts: dict[str, tuple[CaseVerdict, ...]] = {}
    unrun: Status | None = None
    message: str = ""
    failure: Failure | None = None
    charged_to: str | None = None
    variant: str = ""
    """The way it was exercised: "" or "/fixed_cache"."""

    @functools.cached_property
    def ended(self) -> Ended | None:
        """The worker's end, when this entry point brought it about."""
        return next((o for o in self.outcomes if isinstance(o, Ended)), None)

    @functools.cached_property
    def returned(self) -> bool:
        """Whether it can be built on: it ran to the end, and returned something on some case."""
        return not self.unrun and any(isinstance(o, Result) for o in self.outcomes) and not self.ended

    @functools.cached_property
    def raised_always(self) -> bool:
        """Whether it never returned anything."""
        seen = [o for o in self.outcomes if o is not None]
        return bool(seen) and all(isinstance(o, (Failure, Ended)) for o in seen)

    def tensor_status(self, tensor: str) -> str:
        """Status of one tensor over all cases."""
        if self.unrun:
            return self.unrun
        if self.ended:
            return "timeout" if self.ended.timeout else "error"
        return self._agreed.get(tensor) or agreement.tensor_status(())

    @functools.cached_property
    def _agreed(self) -> dict[str, str]:
        return {tensor: agreement.tensor_status(verdicts) for tensor, verdicts in self.verdicts.items()}

    @property
    def failed(self) -> bool:
        """Whether any tensor failed, or nothing could be run."""
        return any(self.tensor_status(t.name) not in ("pass", "precision", "not_judged") for t in self.entry.tensors)


def exercise(assignment: Assignment, entry: EntryPoint, truth: Truth, variant: str = "") -> Exercise:
    """An entry point's driver operation (or a variant of it) on one case, with the results it is to be given."""
    return _exercise(assignment.group(entry.group), entry, truth, variant)


def _exercise(group: Group, entry: EntryPoint, truth: Truth, variant: str) -> Exercise:
    arrays = sent(truth.case, group, truth.inputs)
    given = entry.fixed_cache if variant == "/fixed_cache" else entry.given
    if given:
        arrays |= {name: truth.expected[name].astype(truth.case.dtype) for name in given}
    return Exercise(entry.name + variant, arrays, truth.case.seed, truth.case.layout)


_exercises: dict[tuple[int, str, str], tuple[Sequence[Truth], tuple[Exercise, ...]]] = {}
"""By the identity of the truths, which are kept so that no other ones get it, the entry point and the variant."""
MOST_KEPT = 64


def exercises(
    assignment: Assignment, entry: EntryPoint, truths: tuple[Truth, ...], variant: str
) -> tuple[Exercise, ...]:
    """The driver operation on every case: made once, and the same object for every submission."""
    key = id(truths), entry.name, variant
    if key not in _exercises:
        while len(_exercises) >= MOST_KEPT:
            del _exercises[next(iter(_exercises))]
        group = assignment.group(entry.group)
        _exercises[key] = truths, tuple(_exercise(group, entry, truth, variant) for truth in truths)
    return _exercises[key][1]


def judged(
    assignment: Assignment, entry: EntryPoint, truths: Sequence[Truth], outcomes: Sequence[Outcome | None]
) -> dict[str, tuple[CaseVerdict, ...]]:
    """Verdicts of every tensor on the cases that have an outcome; a worker's end is no verdict on a case."""

    def allowed_in(truth: Truth, dtype: str) -> dict[str, Array]:
        return bank.allowed_in(assignment, entry.group, truth, dtype)

    asked = tuple(truths)
    return together.judge_all(entry.tensors, asked, outcomes, allowed_in)
