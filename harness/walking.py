"""Walks over syntax trees, several times as fast as `ast.walk`: they look only where what is sought can be."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

_KINDS = [kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)]
_NO_NAMES = {"id", "attr", "ctx", "op", "ops"}
"""Fields below which there is no name. There are others, but none that are as frequent."""
_FIELDS = {kind: tuple(field for field in kind._fields if field not in _NO_NAMES) for kind in _KINDS}
_FIELDS[ast.Constant] = ()
_BLOCKS = {
    kind: tuple(field for field in kind._fields if field in ("body", "handlers", "orelse", "finalbody", "cases"))
    for kind in _KINDS
}
_CLOSED = dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda), ())
"""What has a scope of its own, for walks that do not enter."""
_OWN_FIELDS, _OWN_BLOCKS = _FIELDS | _CLOSED, _BLOCKS | _CLOSED


def statements(body: Iterable[ast.AST], *, nested: bool) -> Iterator[ast.AST]:
    """The statements of `body` and those inside them, in the order of `ast.walk`; with `nested`, also those inside
    functions and classes. What handles an exception and a case of a match count as statements."""
    blocks = _BLOCKS if nested else _OWN_BLOCKS
    pending = list(body)
    for statement in pending:  # which grows meanwhile
        yield statement
        for block in blocks[type(statement)]:
            pending += getattr(statement, block)


def names(nodes: Iterable[ast.AST], *, nested: bool) -> Iterator[ast.Name]:
    """The names in `nodes`, in any order; with `nested`, also those inside functions and classes."""
    fields: Mapping[type, tuple[str, ...]] = _FIELDS if nested else _OWN_FIELDS
    pending: list[object] = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            yield node
            continue
        for field in fields.get(type(node), ()):
            inner = getattr(node, field)
            if isinstance(inner, list):
                pending += inner
            else:
                pending.append(inner)
