"""The registry of assignments: those of this package, one folder each, and those other packages announce."""

from __future__ import annotations

import functools
import importlib
from importlib.metadata import entry_points

from harness.assignments.contract import Assignment

BUILT_IN = ("quiz10", "cs187", "cs231n", "lab9", "mytorch")
ENTRY_POINT_GROUP = "harness.assignments"


@functools.cache
def folders() -> dict[str, str]:
    """For every assignment id, the package that holds its `contract`, `driver` and `definition` modules."""
    found = {name: f"harness.assignments.{name}" for name in BUILT_IN}
    for announced in entry_points(group=ENTRY_POINT_GROUP):
        found.setdefault(announced.name, announced.value)
    return found


@functools.cache
def get(assignment_id: str) -> Assignment:
    """The assignment with this id. Raises `LookupError` naming the known ones when there is none."""
    if assignment_id not in folders():
        raise LookupError(f"unknown assignment {assignment_id!r}; known are {', '.join(folders())}")
    assignment = importlib.import_module(folders()[assignment_id] + ".contract").ASSIGNMENT
    if not isinstance(assignment, Assignment):
        raise TypeError(f"{folders()[assignment_id]}.contract.ASSIGNMENT is not an Assignment")
    return assignment


def every() -> list[Assignment]:
    """All known assignments, in the order they are listed."""
    return [get(name) for name in folders()]
