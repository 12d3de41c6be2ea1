"""Tells a function that is still the handout's skeleton, by the placeholders and the statements it is made of."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
LONGEST = 24
"""Statements above which a function is no skeleton: handouts print about ten."""


@functools.cache
def spelled(printed: str) -> frozenset[str]:
    """The statements of what a handout prints, spelled as `statements` does."""
    return frozenset(map(ast.unparse, ast.parse(printed).body))


def statements(function: Function) -> tuple[str, ...]:
    """The statements of a function that is short enough to be a skeleton, those that do nothing left out."""
    if len(function.body) > LONGEST:
        return ()
    return tuple(ast.unparse(s) for s in function.body if not _is_idle(s) or isinstance(s, ast.Return))


def unfilled(function: Function) -> bool:
    """Whether nothing was filled in: it raises NotImplementedError, does nothing, or returns only Nones."""
    stop = next((i for i, s in enumerate(function.body) if _raises_not_implemented(s)), None)
    own = list(_own_nodes(function.body if stop is None else function.body[:stop]))
    returned = [node.value for node in own if isinstance(node, ast.Return)]
    if not returned and stop is not None:
        return not any(isinstance(node, ast.For | ast.While) and not all(map(_is_idle, node.body)) for node in own)
    if any(not _is_none(value, _only_none(own) | _never_bound(function)) for value in returned):
        return False
    named = any(isinstance(v, ast.Name | ast.Tuple | ast.List) for v in returned)
    return named or any(map(_is_not_implemented, returned)) or all(map(_is_idle, function.body))


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node of these statements but those inside nested functions and classes."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))


def _raises_not_implemented(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and _is_not_implemented(statement.exc)


def _is_not_implemented(value: ast.expr | None) -> bool:
    name = value.func if isinstance(value, ast.Call) else value
    return isinstance(name, ast.Name) and name.id in ("NotImplementedError", "NotImplemented")


def _is_none(value: ast.expr | None, none_names: frozenset[str] = frozenset()) -> bool:
    if isinstance(value, ast.Tuple | ast.List):
        return all(_is_none(part, none_names) for part in value.elts)
    if _is_not_implemented(value):  # returned where it should have been raised
        return True
    if isinstance(value, ast.Name):
        return value.id in none_names
    return value is None or (isinstance(value, ast.Constant) and value.value in (None, ...))


def _only_none(nodes: list[ast.AST]) -> frozenset[str]:
    """Names these nodes bind to None and to nothing else."""
    empty: set[int] = set()  # identities of the Name nodes that receive None
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                empty.update(map(id, _receives_none(target, node.value)))
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            empty.update(map(id, _receives_none(node.target, node.value)))
    bound = [n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return frozenset(n.id for n in bound) - {n.id for n in bound if id(n) not in empty}


def _never_bound(function: Function) -> frozenset[str]:
    """Names that a function of placeholders returns and never sets: a handout's own slip. Only where it does nothing
    else, since any other function may return what its module has."""
    if not all(map(_is_idle, function.body)) or not any(isinstance(s, ast.Assign) for s in function.body):
        return frozenset()
    nodes = [n for n in _own_nodes(function.body) if isinstance(n, ast.Name)]
    bound = {n.id for n in nodes if isinstance(n.ctx, ast.Store)} | {a.arg for a in function.args.args}
    return frozenset(n.id for n in nodes) - bound


def _receives_none(target: ast.expr, value: ast.expr | None) -> Iterator[ast.expr]:
    """Parts of an assignment's target that receive None, pairing tuples element by element."""
    targets = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    if _is_none(value):
        yield from targets
    elif isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(targets):
        yield from (t for t, v in zip(targets, value.elts, strict=True) if _is_none(v))


def _is_idle(statement: ast.stmt) -> bool:
    """Whether a statement computes nothing: pass, `...`, a docstring, a return or an assignment of None."""
    if isinstance(statement, ast.Pass | ast.Return) or _raises_not_implemented(statement):
        return True
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return _is_none(statement.value)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
