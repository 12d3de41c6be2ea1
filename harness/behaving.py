"""Exercises what an entry point does besides returning numbers, and says what of it does not hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from harness.assignments.contract import EntryPoint, part_names
from harness.diagnosis.charging import ordinary
from harness.evidence import Evidence, exercise
from harness.oracles import bank
from harness.properties import behaviour
from harness.properties.behaviour import Behaviour, How, Plain, Seen
from harness.report import BehaviourFinding
from harness.worker.inside.driving import OTHER
from harness.worker.session import Ended, Outcome, Result
from harness.worker.workbench import Exercise, Workbench

FEW = 2
"""Ordinary cases on which behaviour is looked at: two for what the calls leave behind, which one alone cannot show of
random numbers, and for caches that could get mixed up; the larger one for everything else."""


def behaved(bench: Workbench, evidence: Evidence, names: Iterable[str] = ()) -> list[BehaviourFinding]:
    """A finding for every behaviour that is about the entry point, or for those named: `pass`, `fail`, or
    `not_judged` where nothing could be seen of it."""
    entry, asked = evidence.entry, set(names)
    chosen = [b for b in behaviour.wanted(bench.assignment, entry) if not asked or b.name in asked]
    plain = _plain(bench, evidence)
    # Where there is no forward function of its own, there is no cache of it that could be used in other ways.
    ways = [how for how in behaviour.ways(chosen) if not (how.variant and evidence.variant)]
    seen = _run(bench, evidence, ways, plain)
    every = [Seen(entry, plain[0], plain[0], o) for o in _telling(evidence.outcomes)] if plain else []
    return [_finding(entry, b, [*(every if b.every_call else []), *seen.get(b.how, [])]) for b in chosen]


def _telling(outcomes: Sequence[Outcome | None]) -> list[Outcome]:
    """Of all plain calls one, and those that left something otherwise than they found it: the others say the same."""
    there = [o for o in outcomes if o is not None]
    return [o for i, o in enumerate(there) if i == 0 or not isinstance(o, Result) or o.left]


def _finding(entry: EntryPoint, chosen: Behaviour, seen: Sequence[Seen]) -> BehaviourFinding:
    problem = behaviour.problem(chosen, seen)
    if problem is None:
        return BehaviourFinding(chosen.name, entry.name, "not_judged", "")
    message = f"{entry.name} {problem}" if problem else ""
    return BehaviourFinding(chosen.name, entry.name, "fail" if problem else "pass", message)


def _plain(bench: Workbench, evidence: Evidence) -> list[Plain]:
    """A few ordinary cases with what the plain call returned; in its own precision, where that is lower."""
    outcomes = {id(t): o for t, o in zip(evidence.truths, evidence.outcomes, strict=False)}
    rough = any(evidence.tensor_status(t.name) == "precision" for t in evidence.entry.tensors)
    found = []
    fit = ordinary([t for t in evidence.truths if isinstance(outcomes[id(t)], Result)])
    for truth in sorted(fit, key=lambda t: math.prod(t.case.dims.values()))[:FEW]:
        allowed = truth.allowed
        if rough:
            allowed = bank.allowed_in(bench.assignment, evidence.entry.group, truth, "float32")
        outcome = outcomes[id(truth)]
        if isinstance(outcome, Result) and _has_bounds(evidence.entry, truth.case.dims, allowed):
            found.append(Plain(truth, outcome, allowed))
    return found


def _has_bounds(entry: EntryPoint, dims: dict[str, int], allowed: behaviour.Arrays) -> bool:
    return all(part in allowed for t in entry.tensors for part in part_names(t.name, t.per_layer, dims))


def _run(bench: Workbench, evidence: Evidence, ways: Sequence[How], plain: Sequence[Plain]) -> dict[How, list[Seen]]:
    """Every way on every case, in one frame; one that ends the worker leaves the others, which run again, alone."""
    planned = [(how, mine, plain[0]) for how in ways for mine in (plain if how.watch else plain[-1:])]
    found: dict[How, list[Seen]] = {how: [] for how in ways}
    while planned:
        outcomes = bench.run([_exercise(bench, evidence, how, mine, other) for how, mine, other in planned])
        for (how, mine, other), outcome in zip(planned, outcomes, strict=False):
            found[how].append(Seen(evidence.entry, mine, other, outcome))
        ended = planned[len(outcomes) - 1][0] if outcomes and isinstance(outcomes[-1], Ended) else None
        planned = [p for p in planned[len(outcomes) :] if p[0] != ended] if outcomes else []
    return found


def _exercise(bench: Workbench, evidence: Evidence, how: How, mine: Plain, other: Plain) -> Exercise:
    """The plain call's inputs in another way; another case's come along under other names."""
    plain = exercise(bench.assignment, evidence.entry, mine.truth, evidence.variant)
    arrays = plain.arrays
    if how.two:
        along = exercise(bench.assignment, evidence.entry, other.truth).arrays
        arrays = {**arrays, **{OTHER + name: array for name, array in along.items()}}
    operation = plain.operation if not how.variant else evidence.entry.name + how.variant
    return msgspec.structs.replace(plain, operation=operation, arrays=arrays, layout=how.layout, watch=how.watch)
