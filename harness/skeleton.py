"""Tells a function that is still the handout's skeleton, by the placeholders and the statements it is made of."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator, Sequence, Set

from harness import walking

Function = ast.FunctionDef | ast.AsyncFunctionDef
_Several = ast.Tuple | ast.List
_Assignment = ast.Assign | ast.AugAssign | ast.AnnAssign
LONGEST = 24
"""Statements above which a function is no skeleton: handouts print about ten."""


@functools.cache
def spelled(printed: str) -> frozenset[str]:
    """The statements of what a handout prints, in a uniform spelling."""
    return frozenset(map(ast.unparse, ast.parse(printed).body))


def has_only(function: Function, statements: Set[str]) -> bool:
    """Whether a function has no statements but `statements`, which are spelled uniformly, and those that do nothing."""
    own = [s for s in function.body if not _is_idle(s) or isinstance(s, ast.Return)]
    return all(ast.unparse(statement) in statements for statement in own)


def unfilled(function: Function) -> bool:
    """Whether nothing was filled in: it raises NotImplementedError, does nothing, or returns only Nones."""
    stop = next((i for i, s in enumerate(function.body) if _raises_not_implemented(s)), None)
    own = list(walking.statements(function.body[:stop], nested=False))
    returned = [s.value for s in own if isinstance(s, ast.Return)]
    if not returned and stop is not None:
        return not any(isinstance(s, ast.For | ast.While) and not all(map(_is_idle, s.body)) for s in own)
    if returned and any(not _is_none(v, names) for names in _only_none(function, stop, own) for v in returned):
        return False
    named = any(isinstance(v, ast.Name | ast.Tuple | ast.List) for v in returned)
    return named or any(map(_is_not_implemented, returned)) or all(map(_is_idle, function.body))


def _raises_not_implemented(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and _is_not_implemented(statement.exc)


def _is_not_implemented(value: ast.expr | None) -> bool:
    name = value.func if isinstance(value, ast.Call) else value
    return isinstance(name, ast.Name) and name.id in ("NotImplementedError", "NotImplemented")


def _is_none(value: ast.expr | None, none_names: frozenset[str] = frozenset()) -> bool:
    if isinstance(value, _Several):
        return all(_is_none(part, none_names) for part in value.elts)
    if _is_not_implemented(value):  # returned where it should have been raised
        return True
    if isinstance(value, ast.Name):
        return value.id in none_names
    return value is None or (isinstance(value, ast.Constant) and value.value in (None, ...))


def _only_none(function: Function, stop: int | None, own: Iterable[ast.AST]) -> Iterator[frozenset[str]]:
    """Names that `own`, the statements up to `stop`, bind to None and to nothing else, and names never bound.

    First as assignments alone tell, which is mostly enough; then without those that anything else binds.
    """
    assigned = [(part, none) for part, none in _assigned(own) if isinstance(part, ast.Name)]
    emptied = {name for name, none in assigned if none}
    names = frozenset(n.id for n in emptied) - {name.id for name, none in assigned if not none}
    names |= _never_bound(function)
    yield names
    if names:
        every = walking.names(function.body[:stop], nested=False)
        yield names - {n.id for n in every if isinstance(n.ctx, ast.Store) and n not in emptied}


def _assigned(statements: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, bool]]:
    """Parts of the targets of assignments, and whether they receive None, pairing tuples element by element."""
    for statement in statements:
        if isinstance(statement, _Assignment):
            value = statement.value
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                parts = target.elts if isinstance(target, _Several) else [target]
                values: Sequence[ast.expr | None] = [value] * len(parts)
                if isinstance(value, _Several) and len(value.elts) == len(parts):
                    values = value.elts
                yield from zip(parts, map(_is_none, values), strict=True)


def _never_bound(function: Function) -> frozenset[str]:
    """Names that a function of placeholders returns and never sets: a handout's own slip. Only where it does nothing
    else, since any other function may return what its module has."""
    if not all(map(_is_idle, function.body)) or not any(isinstance(s, ast.Assign) for s in function.body):
        return frozenset()
    names = list(walking.names(function.body, nested=False))
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)} | {a.arg for a in function.args.args}
    return frozenset(n.id for n in names) - bound


def _is_idle(statement: ast.stmt) -> bool:
    """Whether a statement computes nothing: pass, `...`, a docstring, a return or an assignment of None."""
    if isinstance(statement, ast.Pass | ast.Return) or _raises_not_implemented(statement):
        return True
    if isinstance(statement, _Assignment):
        return _is_none(statement.value)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
