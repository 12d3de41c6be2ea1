"""What an instructor's solution says of itself: functions, what they take and return, shapes. Nothing is executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

MOST = 1 << 20
"""Bytes of a solution."""
CACHE = re.compile(r"cache\w*|ctx|context|saved|memory", re.IGNORECASE)
_SHAPED = re.compile(r"((?:\w+\s*,\s*)*\w+)\s*(?::|of shape|, shape)?\s*\(([^()]*)\)")
_NAMED = re.compile(r"([A-Za-z_]\w*)\s*(?:\([^()]*\))?")
_DIMENSION = re.compile(r"\d*[A-Z]\w*(?:\+1)?|\d+")


class NotUsable(Exception):
    """A solution of which no assignment can be made, in a sentence."""


class Function(msgspec.Struct, frozen=True):
    """A top-level function: its parameters, the names of what it returns, and the shapes its docstring speaks of."""

    name: str
    line: int
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    shapes: dict[str, tuple[str, ...]]
    calls: frozenset[str]


class Solution(msgspec.Struct, frozen=True):
    """The text, and those of its functions that students are asked for; `left_out` are the classes, and functions that
    take what no function here makes."""

    text: str
    functions: tuple[Function, ...]
    left_out: tuple[str, ...]


def read(path: Path) -> Solution:
    """The solution in a file. Raises `NotUsable`."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise NotUsable(f"{path} cannot be read: {error.strerror or error}; expected a Python file") from error
    except UnicodeDecodeError as error:
        raise NotUsable(f"{path} is not UTF-8 text (byte {error.start}); expected a Python file") from error
    if len(data) > MOST:
        raise NotUsable(f"{path} has {len(data)} bytes; a solution of more than {MOST} is taken for another file")
    return understood(text.replace("\r\n", "\n"), str(path))


def understood(text: str, name: str) -> Solution:
    """The solution that a text is. Raises `NotUsable`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" (line {error.lineno})" if isinstance(error, SyntaxError) else ""
        why = error.args[0] if error.args else "it is nested too deep"
        raise NotUsable(f"{name} is not Python{where}: {why}") from error
    every = [_function(node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    asked = [f for f in every if _is_asked_for(f, every)]
    orphans = [f for f in asked if _is_orphan(f, {other.name for other in every})]
    left_out = (*(node.name for node in tree.body if isinstance(node, ast.ClassDef)), *(f.name for f in orphans))
    if len(asked) == len(orphans):
        told = f"; the contract of {', '.join(left_out)} has to be written by hand" if left_out else ""
        raise NotUsable(f"{name} defines no function that students could be asked for{told}")
    return Solution(text, tuple(f for f in asked if f not in orphans), left_out)


def _is_orphan(function: Function, names: set[str]) -> bool:
    """Whether it takes a cache that no forward function here makes."""
    takes = any(CACHE.fullmatch(parameter) for parameter in function.parameters)
    return takes and function.name.removesuffix("_backward") + "_forward" not in names


def _is_asked_for(function: Function, every: list[Function]) -> bool:
    """A forward or backward function; or one that no other function here uses."""
    if function.name.startswith("_"):
        return False
    used = any(function.name in other.calls for other in every if other.name != function.name)
    return function.name.endswith(("_forward", "_backward")) or not used


def _function(node: ast.FunctionDef) -> Function:
    said = ast.get_docstring(node) or ""
    given = [*node.args.posonlyargs, *node.args.args]
    needed = given[: len(given) - len(node.args.defaults)] if node.args.defaults else given
    calls = frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
    names = tuple(a.arg for a in needed)
    return Function(node.name, node.lineno, names, _returns(node, said), _shapes(said), calls)


def _shapes(said: str) -> dict[str, tuple[str, ...]]:
    """`x (N,D), bx, bh (3H,)` gives three shapes; what is no shape is passed over."""
    found: dict[str, tuple[str, ...]] = {}
    for names, inside in _SHAPED.findall(said):
        dims = tuple(d.strip() for d in inside.split(",") if d.strip())
        if all(_DIMENSION.fullmatch(d) for d in dims) and (dims or not inside.strip()):
            found.update((name.strip(), dims) for name in names.split(",") if name.strip() not in found)
    return found


def _returns(node: ast.FunctionDef, said: str) -> tuple[str, ...]:
    """What the docstring says after an arrow; or the names in the last return statement."""
    _, _, after = said.partition("->")
    promised = [_NAMED.fullmatch(part.strip()) for part in _split(re.split(r"[.;:]|\n\n", after)[0])]
    if promised and all(promised):
        return tuple(found.group(1) for found in promised if found)
    ends = [n for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None]
    if not ends:
        return ()
    last = max(ends, key=lambda n: n.lineno).value
    values = last.elts if isinstance(last, ast.Tuple) else [last]
    return tuple(v.id if isinstance(v, ast.Name) else f"result{n}" for n, v in enumerate(values, 1))


def _split(text: str) -> Iterator[str]:
    """Parts between commas that stand in no brackets."""
    depth, start = 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            yield text[start:place]
            start = place + 1
    yield text[start:]
