"""The smallest case at which an entry point fails: every small shape is tried, simplest first, many a round trip."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from harness import stopwatch
from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Group
from harness.cases.case import FEATURES, Case, normal_form, number
from harness.evidence import exercise, judged
from harness.oracles import bank
from harness.oracles.bank import Truth
from harness.properties.agreement import CaseVerdict
from harness.worker.session import Ended, Outcome, Result
from harness.worker.workbench import Workbench

FRAME = 16
"""Cases tried in one round trip."""
ROUNDS = 24
"""Steps of the reduction that follows when no small shape with plain features fails."""
BAD = frozenset({"fail", "error"})


class Found(msgspec.Struct, frozen=True):
    """A failing case, what came of it, and the verdict on the tensor it was looked for."""

    verdict: CaseVerdict
    outcome: Outcome


@stopwatch.phase("shrinking")
def smallest(
    bench: Workbench, entry: EntryPoint, failing: dict[str, Found], seed_text: str, variant: str
) -> dict[str, Found]:
    """For every failing tensor the smallest failing case known; `failing` holds the one found in the bank."""
    search = Search(bench, entry, variant)
    wanted, found = set(failing), {}
    group = bench.assignment.group(entry.group)
    for place in itertools.count():
        few = _frame(bench.assignment.id, group.name, seed_text, place) if wanted and not search.stopped else ()
        if not few:
            break
        for _, outcome, verdicts in search.known(few):
            for name in [n for n in sorted(wanted) if verdicts[n].status in BAD]:
                found[name] = Found(verdicts[name], outcome)
                wanted.discard(name)
    return found | {name: _reduced(search, group, name, failing[name]) for name in sorted(wanted)}


@functools.lru_cache(maxsize=256)
def _frame(assignment_id: str, group_name: str, seed_text: str, place: int) -> tuple[Truth, ...]:
    """Some of the small cases with their answers, which are kept as the bank's are; none past the last."""
    assignment = registry.get(assignment_id)
    what, cases = frame(assignment, assignment.group(group_name), seed_text, place)
    make = functools.partial(_answered, assignment, group_name, cases)
    return bank.kept(assignment_id, group_name, what, make) if cases else ()


def frame(assignment: Assignment, group: Group, seed_text: str, place: int) -> tuple[dict[str, str], list[Case]]:
    """What the bank calls some of the small cases, and these cases; none past the last."""
    cases = small_cases(assignment, group, seed_text)[FRAME * place : FRAME * (place + 1)]
    return {"seed": seed_text, "small cases": f"{place} of {FRAME}"}, cases


def _answered(assignment: Assignment, group_name: str, cases: Sequence[Case]) -> list[Truth]:
    return [bank.truth(assignment, group_name, case) for case in cases]


def small_cases(assignment: Assignment, group: Group, seed_text: str) -> list[Case]:
    """Every shape with dimensions up to 3 (up to 2 for the widths of large groups, or the two smallest there are),
    plain features, simplest first."""
    few = len(group.dims) > 4
    tops = {name: 2 if few and name not in "TL" else 3 for name in group.dims}
    ranges = [range(low, min(high, max(tops[name], low + 1)) + 1) for name, (low, high) in group.dims.items()]
    shapes = [dict(zip(group.dims, sizes, strict=True)) for sizes in itertools.product(*ranges)]
    dtype = assignment.dtypes[0]
    seed = number(seed_text, assignment.id, group.name, "small") % 2**16
    return sorted((Case(dims=s, seed=seed, tidy=True, dtype=dtype) for s in shapes), key=Case.complexity)


class Search:
    """Runs cases and judges them, until a worker ends: a timeout is not worth a smaller example."""

    def __init__(self, bench: Workbench, entry: EntryPoint, variant: str) -> None:
        self.bench, self.entry, self.variant, self.stopped = bench, entry, variant, ""

    def run(self, cases: Sequence[Case]) -> Iterator[tuple[Truth, Outcome, dict[str, CaseVerdict]]]:
        """Truth, outcome and verdicts of every case that came back."""
        yield from self.known(_answered(self.bench.assignment, self.entry.group, cases))

    def known(self, answered: Sequence[Truth]) -> Iterator[tuple[Truth, Outcome, dict[str, CaseVerdict]]]:
        """The same of cases whose answers are known."""
        assignment, truths = self.bench.assignment, self._with_forward(answered)
        outcomes = self.bench.run([exercise(assignment, self.entry, t, self.variant) for t in truths])
        for truth, outcome in zip(truths, outcomes, strict=False):
            if isinstance(outcome, Ended):
                self.stopped = outcome.why
                return
            verdicts = judged(assignment, self.entry, [truth], [outcome])
            yield truth, outcome, {name: v[0] for name, v in verdicts.items()}

    def _with_forward(self, truths: Sequence[Truth]) -> Sequence[Truth]:
        """Cases on which the forward function returns: where it raises, a backward function has nothing to show."""
        entry, assignment = self.entry, self.bench.assignment
        if entry.forward in ("", entry.name) or entry.given or self.variant:
            return truths
        forward = assignment.entry_point(entry.forward)
        outcomes = self.bench.run([exercise(assignment, forward, t) for t in truths])
        return [t for t, o in zip(truths, outcomes, strict=False) if isinstance(o, Result)]


def _reduced(search: Search, group: Group, tensor: str, start: Found) -> Found:
    """Make one dimension smaller or one feature plain at a time, as long as the tensor still fails."""
    best = start
    for _ in range(ROUNDS):
        candidates = sorted(_simpler(best.verdict.truth.case, group), key=Case.complexity)
        tried = search.run(candidates)
        better = next((Found(v[tensor], o) for _, o, v in tried if v[tensor].status in BAD), None)
        if better is None:
            return best
        best = better
    return best


def _simpler(case: Case, group: Group) -> list[Case]:
    plain, least = Case(dims=case.dims), {name: low for name, (low, _) in group.dims.items()}
    cases = [
        msgspec.structs.replace(case, dims={**case.dims, name: smaller})
        for name, size in case.dims.items()
        for smaller in {least[name], size // 2, size - 1} - {size}
        if smaller >= least[name]
    ]
    cases += [
        msgspec.structs.replace(case, **{name: getattr(plain, name)})
        for name in FEATURES
        if getattr(case, name) != getattr(plain, name)
    ]
    if not case.tidy and case.scale == "ordinary" and case.upstream_exponent == 0:
        cases.append(msgspec.structs.replace(case, tidy=True))
    return [normal_form(c, group) for c in cases]
