"""A batch that can be killed at any instant: what is finished is stored, then written, and taken up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from harness.batch import overriding, resuming, twins
from harness.batch.discover import Entry
from harness.batch.one import Grade
from harness.batch.run import grade_all
from harness.batch.store import Inputs, Store, Verdict
from harness.options import Options
from harness.report import Override, Report, decode, encode

OnDone = Callable[[Report], None]


class Plan(msgspec.Struct, frozen=True):
    """What is known already, and what is to be graded."""

    inputs: dict[str, Inputs]
    known: dict[str, Verdict]
    kept: dict[str, Report]
    waiting: tuple[Entry, ...]
    overrides: dict[str, list[Override]]


def planned(store: Store, entries: Sequence[Entry], options: Options, hints: str, *, fresh: bool = False) -> Plan:
    """Compare what is there with what the store knows, and note what the batch is about. `fresh` keeps nothing."""
    known = store.verdicts()
    if fresh:
        store.forget()
    store.start([entry.id for entry in entries], hints)
    inputs = {entry.id: resuming.inputs_of(entry, options) for entry in entries}
    kept = {} if fresh else resuming.kept(entries, inputs, known)
    waiting = tuple(e for e in entries if e.id not in kept)
    return Plan(inputs, known, kept, waiting, store.overrides())


def graded(store: Store, plan: Plan, options: Options, jobs: int, on_done: OnDone, grade: Grade | None = None) -> None:
    """Grade what is waiting; each verdict is on the disk before `on_done` is told of it.

    What was handed in more than once is graded once, unless it could not be graded: that is said of each by its name.
    """
    alone, others = twins.split(plan.waiting, plan.inputs)
    again: list[Entry] = []

    def finish(made: Report) -> None:
        report = decode(encode(made))  # as it will be read back, so that pages are the same whenever they are written
        store.finish(plan.inputs[report.submission.id], report)
        on_done(with_overrides(report, plan.overrides))
        for twin in others.pop(report.submission.id, []):
            if report.status == "graded":
                finish(twins.shared(report, twin))
            else:
                again.append(twin)

    grade_all(alone, options, jobs, finish, grade, store.begin)
    grade_all(again, options, jobs, finish, grade, store.begin)
    store.settle()


def with_overrides(report: Report, overrides: Mapping[str, Sequence[Override]]) -> Report:
    """The report with what people have decided about it."""
    return overriding.applied(report, overrides.get(report.submission.id, ()))


def rebuilt(store: Store) -> tuple[list[Report], list[str]]:
    """Every report of the last batch, in its order, with what people have decided; and who has none yet."""
    overrides, known, batch = store.overrides(), store.verdicts(), store.batch()
    reports = [with_overrides(known[name].report, overrides) for name in batch if name in known]
    return reports, [name for name in batch if name not in known]
