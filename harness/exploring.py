"""Live Hypothesis: draws cases for one tensor until one fails, and shrinks that one."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings

from harness import checking
from harness.assignments.contract import EntryPoint, Tensor
from harness.cases import drawing
from harness.cases.case import Case, number
from harness.cases.steady import steady
from harness.diagnosis import snippet
from harness.diagnosis.smallest import BAD, Found, Search
from harness.properties import agreement
from harness.report import Check
from harness.wire import Failure, Loaded
from harness.worker.workbench import Workbench

PHASES = (Phase.generate, Phase.shrink)


class _Fails(Exception):
    """A case on which the tensor is wrong; what Hypothesis shrinks."""


def examples() -> int:
    """How many cases to draw for one tensor: as many as the profile of Hypothesis says that is in force."""
    return settings().max_examples


def explore(
    bench: Workbench, entry: EntryPoint, tensor: Tensor, seed_text: str, examples: int, variant: str = ""
) -> Check | None:
    """A check of the smallest failing case Hypothesis finds in `examples` tries; None when it finds none.

    `variant` is the way the entry point has to be exercised, as its evidence says. Raises `Stopped`.
    """
    found: list[Found] = []
    search = Search(bench, entry, variant)
    assignment, group = bench.assignment, bench.assignment.group(entry.group)

    @seed(number(seed_text, assignment.id, entry.name, tensor.name))
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(drawing.strategy(assignment, group))
    def holds(case: Case) -> None:
        failing = _try(search, tensor, case)
        if failing is not None:
            found.append(failing)
            raise _Fails

    return _outcome(holds, found, lambda last: _check(bench, entry, tensor, last, variant))


def _outcome(holds: Callable[[], None], found: list[Found], check: Callable[[Found], Check]) -> Check | None:
    """The last failing run is the smallest one."""
    try:
        with steady():
            holds()
    except _Fails:
        return check(found[-1])
    except BaseExceptionGroup as group:  # Hypothesis wraps what it cannot reproduce: a submission that changes its mind
        if group.subgroup(_Fails) is None:
            raise
        return check(found[-1])
    return None


def _try(search: Search, tensor: Tensor, case: Case) -> Found | None:
    """The failure of the tensor on this case, if it fails; a case on which the forward function raises shows none."""
    for _, outcome, verdicts in search.run([case]):
        if verdicts[tensor.name].status in BAD:
            return Found(verdicts[tensor.name], outcome)
    if search.stopped:
        raise Stopped(search.stopped)
    return None


class Stopped(Exception):
    """The submission's process ended while Hypothesis was exploring; the message says why."""


def _check(bench: Workbench, entry: EntryPoint, tensor: Tensor, last: Found, variant: str) -> Check:
    truth, verdict = last.verdict.truth, last.verdict
    file, loaded = bench.entry_files[entry.defined_by], bench.loaded
    assert isinstance(loaded, Loaded)  # it has just returned something
    program = snippet.program(bench.assignment, entry, tensor, verdict, snippet.Setting(file, loaded, variant=variant))
    against = "PyTorch's gradient" if tensor.wrt else "the definition"
    return Check(
        property=agreement.MATCHES,
        tensor=tensor.name,
        status="error" if verdict.status == "error" else "fail",
        cases=1,
        failed=1,
        message=verdict.trouble or f"{tensor.name} differs from {against}",
        counterexample=checking.example(truth, verdict, last.outcome, program, hide=False),
        traceback=checking.frames(last.outcome if isinstance(last.outcome, Failure) else None),
    )
