"""Two misconceptions at once: which two edits of the model solution, made together, give the student's numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from harness.assignments.contract import Assignment, EntryPoint, Tensor
from harness.diagnosis.reproducing import Pairs, module, whole
from reference_impls.catalogue import Misconception

MOST = 2_500
"""Pairs that are tried for one entry point before it stops looking; each is given up at the first difference."""


def pair(
    assignment: Assignment,
    entry: EntryPoint,
    found: Sequence[tuple[Misconception, list[str]]],
    tensors: Sequence[Tensor],
    failed: Sequence[str],
    pairs: Pairs,
) -> tuple[Misconception, ...]:
    """The first two mistakes that, made at once, reproduce all the tensors on every case; empty when there are none.

    `found` are the candidates, with the tensors that each reproduces by itself.
    """
    telling = sorted(pairs, key=lambda item: -len({*item[0].case.dims.values()}))
    for two in itertools.islice(_ordered(found, failed), MOST):
        if _can_be_made(assignment.id, two) and whole(assignment, entry, two, tensors, telling):
            return two
    return ()


def _ordered(
    found: Sequence[tuple[Misconception, list[str]]], failed: Sequence[str]
) -> Iterator[tuple[Misconception, Misconception]]:
    """Pairs of which one half explains a wrong tensor by itself come first: a mistake seldom touches everything."""
    likely = sorted((f for f in found if set(f[1]) & set(failed)), key=lambda f: -len(set(f[1]) & set(failed)))
    firsts = [m.id for m, _ in likely]
    others = [m for m, _ in found if m.id not in firsts]
    mistakes = [*(m for m, _ in likely), *others]
    yield from itertools.combinations(mistakes, 2)


def _can_be_made(assignment_id: str, two: tuple[Misconception, Misconception]) -> bool:
    """Whether the edits do not share a place, and go together."""
    try:
        module(assignment_id, two)
    except (ValueError, SyntaxError):
        return False
    return True
