"""A batch that can be killed at any instant: what is finished is stored, then written, and taken up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from harness.batch import overriding, resuming, twins
from harness.batch.discover import Entry
from harness.batch.executors import Start
from harness.batch.one import Grade
from harness.batch.pool import Pool
from harness.batch.resuming import Standing
from harness.batch.run import grade_each
from harness.batch.store import Inputs, Store
from harness.options import Options
from harness.report import Override, Report, decode, encode

OnDone = Callable[[Report], None]


class Plan(msgspec.Struct, frozen=True):
    """What is known already, and what is to be graded. Reports stay on the disk: a large batch has many."""

    inputs: dict[str, Inputs]
    before: dict[str, Standing]
    """What the submissions came to that have been graded before."""
    kept: frozenset[str]
    waiting: tuple[Entry, ...]
    overrides: dict[str, list[Override]]


def planned(store: Store, entries: Sequence[Entry], options: Options, hints: str, *, fresh: bool = False) -> Plan:
    """Compare what is there with what the store knows, and note what the batch is about. `fresh` keeps nothing."""
    inputs = {entry.id: resuming.inputs_of(entry, options) for entry in entries}
    before, kept = dict[str, Standing](), set[str]()
    for verdict in store.verdicts():
        name = verdict.report.submission.id
        before[name] = resuming.standing(verdict)
        if not fresh and name in inputs and resuming.holds(verdict, inputs[name]):
            kept.add(name)
    if fresh:
        store.forget()
    store.start([entry.id for entry in entries], hints)
    waiting = tuple(e for e in entries if e.id not in kept)
    return Plan(inputs, before, frozenset(kept), waiting, store.overrides())


def kept(store: Store, plan: Plan) -> Iterator[Report]:
    """The reports of what need not be graded again."""
    found = (v.report for v in store.of_the_batch() if v.report.submission.id in plan.kept)
    return (with_overrides(report, plan.overrides) for report in found)


def graded(
    store: Store,
    plan: Plan,
    options: Options,
    jobs: int,
    on_done: OnDone,
    grade: Grade | None = None,
    start: Start = Pool,
) -> list[str]:
    """Grade what is waiting; each verdict is on the disk before `on_done` is told of it. What changed, in lines.

    What was handed in more than once is graded once, unless it could not be graded: that is said of each by its name.
    Nor is what one has become while the batch runs the grade of the others.
    """
    alone, others = twins.split(plan.waiting, plan.inputs)
    again: list[Entry] = []
    changed: dict[str, str] = {}

    def finish(made: Report) -> None:
        report = decode(encode(made))  # as it will be read back, so that pages are the same whenever they are written
        name = report.submission.id
        store.finish(plan.inputs[name], report)
        if line := resuming.change(plan.before.get(name), plan.inputs[name], report):
            changed[name] = line
        on_done(with_overrides(report, plan.overrides))
        for twin in others.pop(report.submission.id, []):
            if report.status == "graded" and report.submission.sha256 == plan.inputs[twin.id].content:
                finish(twins.shared(report, twin))
            else:
                again.append(twin)

    grade_each(alone, options, jobs, finish, grade, store.begin, start)
    grade_each(again, options, jobs, finish, grade, store.begin, start)
    store.settle()
    return [changed[entry.id] for entry in plan.waiting if entry.id in changed]


def with_overrides(report: Report, overrides: Mapping[str, Sequence[Override]]) -> Report:
    """The report with what people have decided about it."""
    return overriding.applied(report, overrides.get(report.submission.id, ()))


def rebuilt(store: Store) -> Iterator[Report]:
    """Every report of the last batch, in its order, one at a time, with what people have decided."""
    overrides = store.overrides()
    return (with_overrides(verdict.report, overrides) for verdict in store.of_the_batch())


def waiting(store: Store) -> list[str]:
    """Submissions of the last batch that have no report yet."""
    known = set(store.graded())
    return [name for name in store.batch() if name not in known]
