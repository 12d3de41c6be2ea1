"""In a student's kit, the case bank: answers that came with the kit, and no way to compute others."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.assignments.contract import Assignment
from harness.cases.case import Case
from harness.oracles import bank_file
from harness.oracles.truth import GraderFault as GraderFault
from harness.oracles.truth import Truth as Truth

Array = np.ndarray[Any, Any]

FOLDER = Path(__file__).resolve().parents[3] / "bank"
"""Beside the house that this module stands in, in a kit."""
AGAIN = "tried again in"
"""What the answers are called on which a case is tried again in another dtype."""

_wider: dict[int, tuple[Truth, Mapping[str, Array]]] = {}
"""What float32 would allow, by the identity of a truth, which is kept so that no other one gets it."""


def about(assignment_id: str, group_name: str, what: Mapping[str, str]) -> dict[str, str]:
    """What a file of a kit's bank says of itself."""
    return {"assignment": assignment_id, "group": group_name, **what}


def file_name(said: Mapping[str, str]) -> str:
    """The name of the file that is about this."""
    text = "\0".join(f"{name}\0{value}" for name, value in sorted(said.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:20] + ".bank"


@functools.cache
def truths(assignment_id: str, group_name: str, seed_text: str, count: int) -> tuple[Truth, ...]:
    """Every case of a group with its answers, simplest first. Raises `GraderFault`."""
    return _read(about(assignment_id, group_name, {"seed": seed_text, "cases": str(count)}))


def kept(
    assignment_id: str, group_name: str, what: Mapping[str, str], make: Callable[[], Sequence[Truth]]
) -> tuple[Truth, ...]:
    """Further cases with their answers. A kit can make none. Raises `GraderFault`."""
    return _read(about(assignment_id, group_name, what))


def truth(assignment: Assignment, group_name: str, case: Case) -> Truth:
    """The answers for a case that is tried again in another dtype. Raises `GraderFault`."""
    known = _again(assignment.id, group_name, assignment.retry_dtype).get(repr(case))
    if known is None:
        raise GraderFault(f"this kit has no answers for {case}")
    return known


@functools.cache
def _again(assignment_id: str, group_name: str, dtype: str) -> dict[str, Truth]:
    return {repr(t.case): t for t in _read(about(assignment_id, group_name, {AGAIN: dtype}))}


def allowed_in(assignment: Assignment, group_name: str, known: Truth, dtype: str) -> Mapping[str, Array]:
    """What rounding would allow had everything been computed in float32, the only dtype that is asked for."""
    return _wider[id(known)][1] if id(known) in _wider else known.allowed


def _read(said: Mapping[str, str]) -> tuple[Truth, ...]:
    place = FOLDER / file_name(said)
    try:
        rows = bank_file.read(place, said)
    except (OSError, bank_file.Damaged) as error:
        raise GraderFault(
            f"the kit's answers in {place.name} cannot be used ({error}); unpack the kit again"
        ) from error
    found = tuple(Truth(case, *parts[:3]) for case, parts in rows)
    for known, (_, parts) in zip(found, rows, strict=True):
        _wider[id(known)] = known, parts[3]
    return found
