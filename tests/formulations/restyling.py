"""Rewrites a program by machine in another style: other names, other loops, the same sums in another order.

What it returns differs by rounding alone; a mistake that is in it stays in it.
"""

from __future__ import annotations

import ast

COUNTS = {"my_N", "my_T"}
"""What is divided by in another way: of other divisors the inverse may be infinite."""


def restyled(source: str, library: str) -> str:
    """The same program, written otherwise, for an array library (`numpy` or `torch`)."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            _rename(node)
    return ast.unparse(ast.fix_missing_locations(_Otherwise("np" if library == "numpy" else "torch").visit(tree)))


def _rename(function: ast.FunctionDef) -> None:
    """Every variable of a function's own gets another name."""
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    given = {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
    stored = {n.id for n in names if isinstance(n.ctx, ast.Store)} - given
    for name in names:
        if name.id in stored:
            name.id = f"my_{name.id}"


class _Otherwise(ast.NodeTransformer):
    """The same operations in another form."""

    def __init__(self, module: str) -> None:
        self.module = module

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        slope = _one_minus_square(node)
        self.generic_visit(node)
        if slope is not None:
            return _expression("(1 - E) * (1 + E)", E=self.visit(slope))
        if isinstance(node.op, ast.MatMult):
            return _expression(f"{self.module}.matmul(A, B)", A=node.left, B=node.right)
        if isinstance(node.op, ast.Pow) and _is(node.right, 2):
            return _expression("E * E", E=node.left)
        if isinstance(node.op, ast.Div) and getattr(node.right, "id", "") in COUNTS:
            return _expression("A * (1 / B)", A=node.left, B=node.right)
        if isinstance(node.op, ast.Add) and isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Add):
            return _expression("A + (C + B)", A=node.left.left, B=node.left.right, C=node.right)
        if isinstance(node.op, ast.Mult):
            return _expression("B * A", A=node.left, B=node.right)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        """A loop backwards as a loop over a list that was turned round."""
        self.generic_visit(node)
        if isinstance(node.iter, ast.Call) and getattr(node.iter.func, "id", "") == "reversed":
            node.iter = _expression("list(A)[::-1]", A=node.iter.args[0])
        return node


def _one_minus_square(node: ast.BinOp) -> ast.expr | None:
    """E of `1 - E ** 2`."""
    power = node.right
    if isinstance(node.op, ast.Sub) and _is(node.left, 1) and isinstance(power, ast.BinOp):
        return power.left if isinstance(power.op, ast.Pow) and _is(power.right, 2) else None
    return None


def _is(node: ast.expr, value: int) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


def _expression(text: str, **parts: ast.AST) -> ast.expr:
    """An expression with other ones in the places of its names."""
    tree = ast.parse(text, mode="eval").body

    class Filled(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return parts.get(node.id, node)

    return Filled().visit(tree)  # type: ignore[no-any-return]
