"""A driver without the operations that chain a student's own functions: to chain them is what students are asked."""

from __future__ import annotations

import ast

CHAINED = "/chained"
ROOTS = frozenset({"OPERATIONS", "FROM_CACHE"})


def shed(source: str) -> str:
    """The source of a driver without chained operations, and without what only they needed."""
    tree = ast.parse(source)
    before = _used(tree)
    tree = ast.fix_missing_locations(_WithoutChains().visit(tree))
    while True:
        used = _used(tree)
        kept = [node for node in tree.body if not (_names(node) and _names(node) & before and not _names(node) & used)]
        kept = [_narrowed(node, before, used) for node in kept]
        if len(kept) == len(tree.body):
            return ast.unparse(tree) + "\n"
        tree.body = kept


class _WithoutChains(ast.NodeTransformer):
    """Drops the entries of dictionaries whose names end in `/chained`."""

    def visit_Dict(self, node: ast.Dict) -> ast.Dict:
        self.generic_visit(node)
        kept = [(k, v) for k, v in zip(node.keys, node.values, strict=True) if not _is_chained(k)]
        return ast.Dict([k for k, _ in kept], [v for _, v in kept])


def _is_chained(key: ast.expr | None) -> bool:
    last = key.values[-1] if isinstance(key, ast.JoinedStr) and key.values else key
    return isinstance(last, ast.Constant) and isinstance(last.value, str) and last.value.endswith(CHAINED)


def _names(node: ast.stmt) -> set[str]:
    """What a top-level statement defines that may be shed: functions and imported names."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, "module", "") != "__future__":
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.Assign):
        return {t.id for t in node.targets if isinstance(t, ast.Name)} - ROOTS
    return set()


def _narrowed(node: ast.stmt, before: set[str], used: set[str]) -> ast.stmt:
    """An import without the names that have become idle."""
    if isinstance(node, ast.ImportFrom) and node.module != "__future__":
        node.names = [a for a in node.names if (a.asname or a.name) in used or (a.asname or a.name) not in before]
    return node


def _used(tree: ast.Module) -> set[str]:
    """Names that are read anywhere, a function's own name inside itself left out."""
    found: set[str] = set()
    for statement in tree.body:
        inside = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        found |= inside - ({statement.name} if isinstance(statement, ast.FunctionDef) else set())
    return found
