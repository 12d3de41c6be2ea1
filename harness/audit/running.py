"""Runs an audit: every program is graded like a submission, and what survives is looked at on many more cases."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.audit import matrix
from harness.audit.matrix import Audit, Row
from harness.audit.programs import Program, laid_out
from harness.audit.reaching import reached
from harness.batch.one import engine
from harness.batch.run import grade_all
from harness.options import Options
from harness.report import Report
from harness.submission import Submission
from harness.ungraded import versions
from reference_impls import catalogue

WIDER_SEED, WIDER_CASES = "a wider search", 400
"""Where a wrong program passes, how far it is looked for a difference before it is called equivalent."""

OnDone = Callable[[Report], None]


def run(assignment_id: str, programs: Sequence[Program], options: Options, jobs: int, on_done: OnDone) -> Audit:
    """The kill matrix of an assignment's checks."""
    reports = _graded(programs, assignment_id, options, jobs, on_done)
    rows = {p.id: matrix.row(p, r) for p, r in zip(programs, reports, strict=True)}
    survivors = [p for p in programs if p.kind != "right" and not rows[p.id].caught]
    wider = msgspec.structs.replace(options, seed=WIDER_SEED, cases=WIDER_CASES)
    for program, report in zip(survivors, _graded(survivors, assignment_id, wider, jobs, _unseen), strict=True):
        rows[program.id] = _equivalent(rows[program.id], matrix.row(program, report))
    tried = dict.fromkeys(c.property for r in reports for e in r.entry_points for c in e.checks)
    return matrix.audit(assignment_id, list(rows.values()), tuple(tried), _how(options))


def _how(options: Options) -> str:
    by = ", ".join(f"{name} {version}" for name, version in versions().items())
    return f"Made with seed {options.seed!r} and {options.cases} cases an entry point, by {by}."


def _unseen(report: Report) -> None:
    """Progress counts programs, not how often they are looked at."""


def _graded(
    programs: Sequence[Program], assignment_id: str, options: Options, jobs: int, on_done: OnDone
) -> list[Report]:
    if not programs:
        return []
    grade = functools.partial(_graded_where_changed, _changed(programs, assignment_id))
    with tempfile.TemporaryDirectory(prefix="harness-audit-") as folder:
        return grade_all(laid_out(programs, Path(folder), assignment_id), options, jobs, on_done, grade)


def _changed(programs: Sequence[Program], assignment_id: str) -> dict[str, tuple[str, ...]]:
    """For every program made of the model solution, the entry points that run anything that was changed."""
    assignment, source = registry.get(assignment_id), catalogue.source(assignment_id)
    return {p.id: reached(assignment, source, p.source) for p in programs if p.kind != "right"}


def _graded_where_changed(
    only: Mapping[str, tuple[str, ...]], submission: Submission, assignment: Assignment, options: Options
) -> Report:
    """What runs the model solution's own code is judged with the model solution, and not with every edit of it."""
    chosen = only.get(submission.id, ())
    return engine()(submission, assignment, msgspec.structs.replace(options, only=chosen))


def _equivalent(row: Row, wider: Row) -> Row:
    return row if wider.caught else msgspec.structs.replace(row, equivalent=True)
