"""Exercises one entry point on every case of the bank, as far as the submission lets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from harness import celltext, source, unanswered
from harness.assignments.contract import EntryPoint
from harness.evidence import Evidence, exercise, exercises, judged
from harness.oracles import bank
from harness.oracles.bank import Truth
from harness.properties.agreement import CaseVerdict, trouble_of
from harness.source import Source
from harness.wire import Failure, Loaded
from harness.worker.session import Outcome, Result
from harness.worker.workbench import Workbench


def collect(
    bench: Workbench,
    entry: EntryPoint,
    truths: Sequence[Truth],
    sources: Mapping[str, Source],
    loaded: Loaded,
    known: Mapping[str, Evidence],
) -> Evidence:
    """Everything that can be seen of `entry`; `known` is the evidence about the entry points before it."""
    return (
        _static(bench, entry, sources, loaded)
        or _no_forward(bench, entry, known)
        or _exercised(bench, entry, truths, known)
    )


def _static(bench: Workbench, entry: EntryPoint, sources: Mapping[str, Source], loaded: Loaded) -> Evidence | None:
    """What can be said without running anything."""
    file = bench.entry_files.get(entry.defined_by)
    if file is None and loaded.failures:
        return Evidence(entry, unrun="error", message=f"{', '.join(sorted(loaded.failures))} could not be imported")
    if file is None:
        return Evidence(entry, unrun="missing", message=f"{entry.defined_by} is not defined in what was handed in")
    if file in loaded.failures:
        failure = loaded.failures[file]
        if failure.unwritable:
            return Evidence(entry, unrun="not_judged", message=trouble_of(failure), failure=failure)
        return Evidence(entry, unrun="error", message=f"{file} could not be imported", failure=failure)
    if source.not_attempted(sources[file], entry.function, bench.assignment.skeleton(entry)):
        return Evidence(entry, unrun="not_attempted", message=f"{entry.name} is still the handout's skeleton")
    if entry.defined_by not in loaded.defined and (broken := _broken_cell(bench, entry, sources[file], loaded)):
        place, failure = broken
        message = f"{entry.defined_by} is defined in {place}, which {celltext.trouble(failure.kind, failure.message)}"
        return Evidence(entry, unrun="error", message=message, failure=failure)
    if entry.defined_by not in loaded.defined:
        return Evidence(entry, unrun="missing", message=f"{file} no longer has {entry.defined_by} once it is imported")
    return None


def _broken_cell(bench: Workbench, entry: EntryPoint, found: Source, loaded: Loaded) -> tuple[str, Failure] | None:
    """The place of the notebook's cell that should have defined `entry`, and what went wrong there; None if nothing."""
    file = bench.entry_files[entry.defined_by]
    line = source.line_of(found, entry.function) or 0
    place, _ = celltext.placed(file, bench.files[file].decode("utf-8", "replace"), line)
    return (place, loaded.cells[place]) if place in loaded.cells else None


def _no_forward(bench: Workbench, entry: EntryPoint, known: Mapping[str, Evidence]) -> Evidence | None:
    """A backward function that needs a cache nobody can make cannot be judged."""
    forward = known.get(entry.forward)
    alone = bench.assignment.has_answers and (entry.fixed_cache or entry.given)
    if forward is None or alone or forward.returned:
        return None
    return Evidence(
        entry,
        unrun="not_judged",
        message=f"{entry.name} needs what {entry.forward} leaves behind, and {entry.forward} never returned",
        charged_to=entry.forward,
    )


def _exercised(bench: Workbench, entry: EntryPoint, truths: Sequence[Truth], known: Mapping[str, Evidence]) -> Evidence:
    if bench.out_of_time:
        return Evidence(entry, unrun="timeout", message="the submission's time was used up before its turn")
    forward = known.get(entry.forward)
    answers = bench.assignment.has_answers
    fixed = forward is not None and entry.fixed_cache and answers and not forward.returned
    variant = "/fixed_cache" if fixed else ""
    if variant or (entry.given and answers) or forward is None:
        chosen = list(range(len(truths)))
    else:
        chosen = [i for i, o in enumerate(forward.outcomes) if isinstance(o, Result) and _given(entry, o)]
    truths = tuple(unanswered.given(entry, truths, forward) if entry.given and not answers else truths)
    every = exercises(bench.assignment, entry, truths, variant)
    ran = bench.run(every if len(chosen) == len(every) else [every[i] for i in chosen])
    outcomes: list[Outcome | None] = [None] * len(truths)
    for i, outcome in zip(chosen, ran, strict=False):
        outcomes[i] = outcome
    seen = _retried(bench, entry, truths, outcomes, variant) if bench.assignment.retry_dtype else truths
    entry = returned(entry, outcomes)
    if not answers:
        seen = tuple(unanswered.own_truths(bench, entry, seen, outcomes))
    verdicts = judged(bench.assignment, entry, seen, outcomes)
    verdicts = verdicts if answers else unanswered.unjudged(verdicts)
    if again := bench.assignment.retry_dtype:
        verdicts = {name: tuple(_precise(v, again) for v in found) for name, found in verdicts.items()}
    evidence = Evidence(entry, seen, tuple(outcomes), verdicts, variant=variant)
    return _stopped_by_step(evidence, [known[name] for name in (entry.step, *entry.built_on) if name in known])


def _given(entry: EntryPoint, forward: Result) -> bool:
    """Whether a forward function returned what is passed in."""
    return all(name in forward.arrays for name in entry.given)


def returned(entry: EntryPoint, outcomes: Sequence[Outcome | None]) -> EntryPoint:
    """The entry point without optional tensors that the submission never returns."""
    if not any(tensor.optional for tensor in entry.tensors):
        return entry
    there = {name for o in outcomes if isinstance(o, Result) for name in (*o.arrays, *o.instead)}
    tensors = tuple(t for t in entry.tensors if not t.optional or t.name in there)
    return msgspec.structs.replace(entry, tensors=tensors)


def _retried(
    bench: Workbench, entry: EntryPoint, truths: tuple[Truth, ...], outcomes: list[Outcome | None], variant: str
) -> tuple[Truth, ...]:
    """The truths, those on which the code raised in the dtype to try again in; `outcomes` is brought up to date."""
    raised = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, Failure)]
    if not raised:
        return truths
    seen = list(truths)
    again = {
        i: bank.truth(
            bench.assignment,
            entry.group,
            msgspec.structs.replace(truths[i].case, dtype=bench.assignment.retry_dtype),
        )
        for i in raised
    }
    ran = bench.run([exercise(bench.assignment, entry, truth, variant) for truth in again.values()])
    for i, outcome in zip(raised, ran, strict=False):
        if isinstance(outcome, Result):
            seen[i], outcomes[i] = again[i], outcome
    return tuple(seen)


def _precise(verdict: CaseVerdict, retry_dtype: str) -> CaseVerdict:
    """What is right only where it was tried again is right only to that precision."""
    again = verdict.truth.case.dtype == retry_dtype and verdict.status == "pass"
    return msgspec.structs.replace(verdict, status="precision") if again else verdict


def _stopped_by_step(evidence: Evidence, steps: Sequence[Evidence]) -> Evidence:
    """An entry point that never returns, built on one that never returns, cannot be judged."""
    step = next((s for s in steps if s.unrun or s.raised_always), None)
    if step is None or not evidence.raised_always:
        return evidence
    name, part = evidence.entry.name, step.entry.name
    reasons = {"missing": "is not there", "not_attempted": "is still the handout's skeleton"}
    why = reasons.get(step.unrun or "", "never returns either")
    return Evidence(
        evidence.entry,
        unrun="not_judged",
        message=f"{name} never returned, and {part}, which it is built on, {why}",
        charged_to=step.entry.name,
    )
