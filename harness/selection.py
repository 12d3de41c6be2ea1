"""Which entry points are to be judged, by name or by a pattern as a shell has them."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

from harness.assignments.contract import Assignment


class NothingSelected(Exception):
    """A name that selects no entry point, in a sentence for the person who typed it."""


def selected(only: Sequence[str], name: str) -> bool:
    """Whether `name` is wanted; without any pattern everything is. Brackets stand for themselves."""
    return not only or any(name == p or fnmatch.fnmatchcase(name, p.replace("[", "[[]")) for p in only)


def demand_known(only: Sequence[str], assignments: Sequence[Assignment]) -> None:
    """Raises `NothingSelected` for the first pattern that selects no entry point of these assignments."""
    names = list(dict.fromkeys(e.name for a in assignments for e in a.entry_points))
    for pattern in only:
        if not any(selected([pattern], name) for name in names):
            ids = ", ".join(a.id for a in assignments)
            known = f"known are {', '.join(names)}" if len(assignments) == 1 else _nearest(pattern, names)
            raise NothingSelected(f"{pattern!r} selects no entry point of {ids}; {known}")


def _nearest(pattern: str, names: Sequence[str]) -> str:
    """What was meant, or where to look it up: of all assignments there are too many names to list."""
    import difflib

    near = difflib.get_close_matches(pattern, names, 2)
    return f"did you mean {' or '.join(near)}?" if near else "`harness assignments` lists them all"


def needed(assignment: Assignment, only: Sequence[str]) -> frozenset[str]:
    """What is wanted, and all it is built on: without that, whose mistake a failure is cannot be said."""
    found: set[str] = set()
    pending = [e.name for e in assignment.entry_points if selected(only, e.name)]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(assignment.entry_point(name).needs)
    return frozenset(found)
