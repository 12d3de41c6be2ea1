"""How a submission was met half-way, in sentences: what was supplied, renamed, left out."""

from __future__ import annotations

from collections.abc import Sequence

from harness import celltext, unanswered
from harness.assignments.contract import Assignment
from harness.wire import Loaded

MAX_CELLS = 6
"""Cells of a notebook whose failures a report lists."""


def notes(assignment: Assignment, loaded: Loaded, only: Sequence[str]) -> list[str]:
    """How the submission was met half-way: what was supplied, renamed, done in the place of what is not there."""
    return [
        *([] if assignment.has_answers else [unanswered.NOTE]),
        *(f"{name} was not handed in; the handout's was supplied" for name in loaded.supplied),
        *(f"{name} is called {theirs} here" for name, theirs in loaded.called.items() if name in assignment.aliases),
        *(f"{name} is not there: {assignment.adapted[name]}" for name in loaded.lacks if name in assignment.adapted),
        *loaded.notes,
        *([f"only {', '.join(only)} was asked to be judged"] if only else []),
        *_cell_notes(loaded),
    ]


def _cell_notes(loaded: Loaded) -> list[str]:
    """The cells of a notebook in which something went wrong; the first few in words."""
    told = [f"{place} {celltext.trouble(f.kind, f.message)}" for place, f in [*loaded.cells.items()][:MAX_CELLS]]
    more = len(loaded.cells) - len(told)
    return [*told, *([f"{more} more cells raised something or did not end"] if more > 0 else [])]
