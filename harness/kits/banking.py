"""The answers that a student's kit holds: those of its seed, and nothing that they are computed with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import msgspec

from harness.assignments.contract import Assignment, Group
from harness.cases.case import Case
from harness.diagnosis import smallest
from harness.kits.inside.bank import AGAIN, about, file_name
from harness.oracles import bank, bank_file
from harness.oracles.truth import Truth

WIDER = "float32"
"""The dtype in which a wrong float64 number is looked at once more."""


def banks(assignment: Assignment, seed: str, cases: int) -> dict[str, bytes]:
    """The files of a kit's bank, by name. Raises `GraderFault`."""
    files = {}
    for group in assignment.groups:
        for what, truths in _asked(assignment, group, seed, cases):
            said = about(assignment.id, group.name, what)
            files[file_name(said)] = b"".join(bank_file.encode(said, _rows(assignment, group, truths)))
    return files


def _asked(
    assignment: Assignment, group: Group, seed: str, cases: int
) -> Iterator[tuple[dict[str, str], Sequence[Truth]]]:
    """All that grading asks a bank for, under the names that it asks by."""
    known = bank.truths(assignment.id, group.name, seed, cases)
    yield {"seed": seed, "cases": str(cases)}, known
    if assignment.retry_dtype:
        again = [msgspec.structs.replace(t.case, dtype=assignment.retry_dtype) for t in known]
        yield {AGAIN: assignment.retry_dtype}, _answers(assignment, group, again)
    for place in itertools.count():
        what, few = smallest.frame(assignment, group, seed, place)
        if not few:
            return
        yield what, _answers(assignment, group, few)


def _answers(assignment: Assignment, group: Group, cases: Sequence[Case]) -> list[Truth]:
    return [bank.truth(assignment, group.name, case) for case in cases]


def _rows(assignment: Assignment, group: Group, truths: Sequence[Truth]) -> list[tuple[Case, Sequence[bank_file.Part]]]:
    return [(t.case, (t.inputs, t.expected, t.allowed, _wider(assignment, group, t))) for t in truths]


def _wider(assignment: Assignment, group: Group, known: Truth) -> bank_file.Part:
    """What rounding would allow in float32."""
    return bank.allowed_in(assignment, group.name, known, WIDER) if known.case.dtype != WIDER else known.allowed
