"""Mistakes to begin a catalogue with: one place of a solution changed, as an edit of the line it stands on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

import msgspec

from harness.audit.mutating import Mutant, mutants
from harness.authoring.guessing import Family
from harness.authoring.reading import Solution

MOST = 5
"""Suggestions for one function: one for each of its lines, of different kinds where there are."""


class Row(msgspec.Struct, frozen=True):
    """A misconception's row, but for the words that only a person can find."""

    id: str
    family: str
    function: str
    title: str
    fix: str
    old: str
    new: str


def rows(solution: Solution, families: Sequence[Family]) -> list[Row]:
    """Some rows for every function, in the order of the solution."""
    every, found = mutants(solution.text), []
    for family in families:
        number = 0
        for point in family.points:
            of_function = [m for m in every if m.function == point.name]
            for mutant, old in _varied(list(_edits(solution.text, of_function))):
                number += 1
                found.append(_row(family.name, number, mutant, old))
    return found


def _row(family: str, number: int, mutant: Mutant, old: str) -> Row:
    what = mutant.what.partition(": ")[2]
    return Row(
        f"{family}.m{number}",
        family,
        mutant.function,
        f"{what} in {mutant.function}: {mutant.line}",
        f"Write `{old}`.",
        old,
        mutant.line,
    )


def _edits(text: str, made: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Mutants that change a statement of one line, which stands in the text once; and that line."""
    lines = text.splitlines()
    for mutant in made:
        number = re.match(r"line (\d+): ", mutant.what)
        old = lines[int(number[1]) - 1].partition("  #")[0].strip() if number else ""
        if old and text.count(old) == 1 and _is_statement(old) and _is_statement(mutant.line):
            yield mutant, old


def _is_statement(line: str) -> bool:
    try:
        return len(ast.parse(line).body) == 1
    except (SyntaxError, ValueError):  # the head of a loop, or a part of a longer statement
        return False


def _varied(edits: Sequence[tuple[Mutant, str]]) -> list[tuple[Mutant, str]]:
    """One edit a line, kinds that were not seen yet first."""
    chosen: dict[str, tuple[Mutant, str]] = {}
    kinds = set[str]()
    for fresh in (True, False):
        for mutant, old in edits:
            kind = mutant.what.partition(": ")[2]
            if len(chosen) < MOST and old not in chosen and (kind not in kinds or not fresh):
                chosen[old] = mutant, old
                kinds.add(kind)
    return [edit for edit in edits if chosen.get(edit[1], (None,))[0] is edit[0]]
