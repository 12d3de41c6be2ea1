"""Which entry points a changed program can differ in from the model solution, by the names its parts use."""

from __future__ import annotations

from harness.assignments.contract import Assignment
from harness.dependence import digests

FILE = "program.py"


def reached(assignment: Assignment, source: str, changed: str) -> tuple[str, ...]:
    """Entry points that use, at whatever remove, something that was changed; all the others run the model solution's
    own code. Empty where nothing but comments and spaces was changed."""
    before, after = (digests(assignment, {FILE: text.encode()}) for text in (source, changed))
    return tuple(name for name in before if before[name] != after[name])
