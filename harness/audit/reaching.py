"""Which entry points a changed program can differ in from the model solution, by the names its parts use."""

from __future__ import annotations

import ast

from harness.assignments.contract import Assignment
from harness.selection import needed

OUTSIDE = ""
"""Stands for everything that is no function or class: imports, constants."""


def reached(assignment: Assignment, source: str, changed: str) -> tuple[str, ...]:
    """Entry points that use, at whatever remove, a function or class that was changed; all the others run the model
    solution's own code. Empty where something else was changed, so that nothing can be said."""
    before, after = _definitions(source), _definitions(changed)
    different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if OUTSIDE in different:
        return ()
    uses = _uses(source) | _uses(changed)
    return tuple(e.name for e in assignment.entry_points if different & _closure(_roots(assignment, e.name), uses))


def _roots(assignment: Assignment, name: str) -> set[str]:
    """The definitions that the driver calls for an entry point: its own, its forward function's, its step's."""
    return {assignment.entry_point(n).defined_by for n in needed(assignment, (name,))}


def _definitions(source: str) -> dict[str, str]:
    """What every top-level definition comes to, comments aside."""
    found = {OUTSIDE: ""}
    for node in ast.parse(source).body:
        name = node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else OUTSIDE
        found[name] = found.get(name, "") + ast.dump(node)
    return found


def _uses(source: str) -> set[tuple[str, str]]:
    """Pairs: a definition, and a name that stands in it."""
    return {
        (top.name, node.id if isinstance(node, ast.Name) else node.attr)
        for top in ast.parse(source).body
        if isinstance(top, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(top)
        if isinstance(node, ast.Name | ast.Attribute)
    }


def _closure(names: set[str], uses: set[tuple[str, str]]) -> set[str]:
    found, pending = set[str](), set(names)
    while pending:
        found |= pending
        pending = {used for user, used in uses if user in pending} - found
    return found
