"""Which entry points a change of a submission can reach, by the names their code uses. Nothing is executed."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from harness import selection
from harness.assignments.contract import Assignment
from harness.source import PARSE_LIMIT


class Code(NamedTuple):
    """A submission's code in pieces: top-level functions and classes by name, and everything else."""

    defined: dict[str, str]
    used: dict[str, frozenset[str]]
    rest: str


def digests(assignment: Assignment, files: Mapping[str, bytes]) -> dict[str, str]:
    """For every entry point, a digest of all that could decide about its verdict: the code of the entry points it is
    built on, what that uses by name, and whatever stands outside functions."""
    code = _code(files)
    found = {}
    for entry in assignment.entry_points:
        needed = selection.needed(assignment, [entry.name])
        names = {assignment.entry_point(name).defined_by for name in needed}
        names |= {other for name in names for other in assignment.aliases.get(name, ())}
        pieces = [code.rest, *(code.defined[name] for name in sorted(_reached(code, names)))]
        found[entry.name] = hashlib.sha256("\0".join(pieces).encode()).hexdigest()
    return found


def _reached(code: Code, names: Iterable[str]) -> set[str]:
    """The names, and all that their code uses, and so on."""
    found, pending = set[str](), set(names) & code.defined.keys()
    while pending:
        name = pending.pop()
        found.add(name)
        pending |= (code.used[name] & code.defined.keys()) - found
    return found


def _code(files: Mapping[str, bytes]) -> Code:
    defined: dict[str, str] = {}
    used: dict[str, frozenset[str]] = {}
    rest: list[str] = []
    for name, data in sorted(files.items()):
        for statement in _statements(data):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                defined[statement.name] = defined.get(statement.name, "") + f"{name}: {ast.dump(statement)}\n"
                used[statement.name] = used.get(statement.name, frozenset()) | _names(statement)
            else:
                rest.append(f"{name}: {statement if isinstance(statement, str) else ast.dump(statement)}")
    return Code(defined, used, "\n".join(rest))


def _statements(data: bytes) -> list[ast.stmt] | list[str]:
    """Top-level statements; or all of a file that is not Python, not valid, or too long to be looked at."""
    if len(data) <= PARSE_LIMIT:
        try:
            return ast.parse(data).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    return [hashlib.sha256(data).hexdigest()]


def _names(node: ast.AST) -> frozenset[str]:
    found = set[str]()
    for each in ast.walk(node):
        if isinstance(each, ast.Name | ast.Attribute):
            found.add(each.id if isinstance(each, ast.Name) else each.attr)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.isidentifier():
            found.add(each.value)  # it may be a name, as in globals()["f"]
    return frozenset(found)
