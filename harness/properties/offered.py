"""Which properties an entry point's contract lists: the names a rubric can give points to."""

from __future__ import annotations

from harness.assignments.contract import Assignment, EntryPoint
from harness.properties import behaviour
from harness.properties.metamorphic import METAMORPHIC


def offered(assignment: Assignment, entry: EntryPoint) -> tuple[str, ...]:
    """Relations, behaviours and demands that are about the entry point."""
    if entry not in assignment.entry_points:  # a notebook's variables: nothing is called
        return ()
    group = assignment.group(entry.group)
    return (
        *(p.name for p in METAMORPHIC if p.about(entry, group)),
        *(b.name for b in behaviour.wanted(assignment, entry)),
        *(d.property for d in entry.demands),
    )
