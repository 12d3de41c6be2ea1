"""A worker that was killed from outside, by hand or by a system out of memory, is no verdict about a submission.

In a jail no worker can send itself that signal, so grading is done again until nobody else does. Without one, a kill
looks the same whoever sent it; a submission that kills itself does so every time at the same place, so grading is done
again until that has shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec

from harness import wire
from harness.report import Report, Seconds
from harness.worker.session import Ended, Outcome, StartFault
from harness.worker.workbench import Exercise, Workbench

ALIKE = 3
"""Gradings with a kill that have to come out the same before it is the submission's own, where it can be."""
MOST = 6
"""Gradings in all."""
KILLED = "SIGKILL"
UNDECIDED = (
    "the process this submission ran in was killed again and again, at another place each time; the machine may be "
    "short of memory, or something else on it kills processes"
)

_kills: ContextVar[list[bool] | None] = ContextVar("_kills", default=None)


class Witness(Workbench):
    """A workbench that notes when its worker is killed."""

    def _run(self, exercises: Sequence[Exercise]) -> list[Outcome]:
        outcomes = super()._run(exercises)
        _note(outcomes[-1] if outcomes else None, jailed=self.level != "process")
        return outcomes

    def _loaded(self) -> wire.Loaded | Ended:
        try:
            loaded = super()._loaded()
        except StartFault as fault:
            _note(Ended(str(fault)), jailed=self.level != "process")
            raise
        _note(loaded, jailed=self.level != "process")
        return loaded


def undisturbed(grade: Callable[[], Report]) -> Report:
    """The report of a grading in which no worker was killed; of several alike, where every one was."""
    seen: list[Report] = []
    for _ in range(MOST):
        with _watched() as kills:
            report = grade()
        if not kills:
            return report
        seen.append(msgspec.structs.replace(report, seconds=Seconds()))
        if not any(kills) and seen.count(seen[-1]) == ALIKE:
            return report
    fault = msgspec.structs.replace(report, status="grader_fault", message=UNDECIDED, entry_points=[], behaviour=[])
    return msgspec.structs.replace(fault, score=msgspec.structs.replace(report.score, earned=None, possible=0.0))


@contextmanager
def _watched() -> Iterator[list[bool]]:
    """Notes of kills, while inside: of each whether it was in a jail."""
    kills: list[bool] = []
    token = _kills.set(kills)
    try:
        yield kills
    finally:
        _kills.reset(token)


def _note(outcome: Outcome | wire.Loaded | None, jailed: bool = False) -> None:
    kills = _kills.get()
    if kills is not None and isinstance(outcome, Ended) and not outcome.timeout and KILLED in outcome.why:
        kills.append(jailed)
