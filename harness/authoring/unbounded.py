"""What of a solution could not carry an error bound: calls without a rule for it, arrays that are changed in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from harness.oracles import tracked

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult)
CONSTANTS = frozenset({"shape", "ndim", "size", "dtype", "float64", "float32", "intp", "int64", "newaxis", "random"})


def marked(text: str, mark: str) -> str:
    """The text with a remark behind every line that keeps it from being run on arrays that carry a bound."""
    found: dict[int, str] = {}
    for line, why in _troubles(ast.parse(text)):
        found.setdefault(line, why)
    return "".join(
        f"{line.rstrip()}  # {mark}: {found[number]}\n" if number in found else line
        for number, line in enumerate(text.splitlines(keepends=True), 1)
    )


def _troubles(tree: ast.Module) -> Iterator[tuple[int, str]]:
    imports = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    numpy = {alias.asname or alias.name for alias in imports if alias.name == "numpy"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            end, name, of = node.end_lineno or node.lineno, node.func.attr, node.func.value
            if isinstance(of, ast.Name) and of.id in numpy:
                if name not in tracked.KNOWN | CONSTANTS:
                    yield end, f"no error bound is known for {of.id}.{name}; {_instead(name)}"
            elif hasattr(np.ndarray, name) and not hasattr(tracked.Tracked, name) and not hasattr(list, name):
                yield end, f"no error bound is known for .{name}(); use an operator, or a function of numpy"
        counting = isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ARITHMETIC) and not counting:
            yield node.end_lineno or node.lineno, "an array is changed in place; write a = a + b where it is one"


def _instead(name: str) -> str:
    if name in ("zeros", "empty", "ones", "full", "empty_like", "ones_like"):
        return "make buffers of the inputs: np.zeros_like, np.stack"
    return "see harness/oracles/tracked.py for those that have one"
