"""Wrong programs nobody thought of: general operators applied, one at a time, to a model solution's syntax tree."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

import msgspec

Edit = Callable[[ast.AST], ast.AST | None]


class Mutant(msgspec.Struct, frozen=True):
    """A program that differs from the model solution in one place.

    `function` is where, `what` says how, `line` is what stands there now.
    """

    id: str
    function: str
    what: str
    source: str
    line: str = ""


def mutants(source: str) -> list[Mutant]:
    """Every first-order mutant of a program, each different text once."""
    tree = ast.parse(source)
    texts = [ast.unparse(node) for node in tree.body]
    found: dict[str, Mutant] = {}
    for place, top in enumerate(tree.body):
        for name, function in _functions(top):
            for number, (what, node, edit) in enumerate(_edits(function)):
                text = _edited(top, node, edit)
                if text is not None and text != texts[place]:
                    whole = _joined([*texts[:place], text, *texts[place + 1 :]])
                    mutant = Mutant(f"{name}.{number}", name, what, whole, _changed(texts[place], text))
                    found.setdefault(whole, mutant)
    return list(found.values())


def _joined(texts: list[str]) -> str:
    return "\n\n\n".join(texts) + "\n"


def _changed(one: str, other: str) -> str:
    """The first line of `other` that differs."""
    lines = zip(one.splitlines(), other.splitlines(), strict=False)
    return next((changed.strip() for line, changed in lines if line != changed), "")


def _functions(node: ast.stmt) -> Iterator[tuple[str, ast.FunctionDef]]:
    if isinstance(node, ast.FunctionDef):
        yield node.name, node
    elif isinstance(node, ast.ClassDef):
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                yield f"{node.name}.{method.name}", method


def _edits(function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST, Edit]]:
    """A description, the node, and what is put in its place."""
    names = _states(function)
    for node in ast.walk(function):
        line = getattr(node, "lineno", 0)
        for what, edit in _of_node(node, names):
            yield f"line {line}: {what}", node, edit


def _of_node(node: ast.AST, states: list[str]) -> Iterator[tuple[str, Edit]]:
    if isinstance(node, ast.BinOp):
        yield from _of_operation(node)
    if isinstance(node, ast.AugAssign):
        yield "added up becomes overwritten", lambda n: ast.Assign([n.target], n.value)  # type: ignore[attr-defined]
    if isinstance(node, ast.Assign):
        yield from _of_assignment(node)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "a transpose is left out", lambda n: n.value  # type: ignore[attr-defined]
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in states:
        for other in states:
            if other != node.id:
                yield f"{other} for {node.id}", _named(other)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield from _of_index(node)


def _named(name: str) -> Edit:
    return lambda node: ast.Name(name, ast.Load())


def _of_operation(node: ast.BinOp) -> Iterator[tuple[str, Edit]]:
    if isinstance(node.op, ast.Add | ast.Sub):
        yield "the second term is dropped", lambda n: n.left  # type: ignore[attr-defined]
        yield "the first term is dropped", lambda n: n.right  # type: ignore[attr-defined]
        flipped = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "plus and minus changed", lambda n: ast.BinOp(n.left, flipped, n.right)  # type: ignore[attr-defined]
    if isinstance(node.op, ast.Mult | ast.Div):
        yield "the second factor is dropped", lambda n: n.left  # type: ignore[attr-defined]
        yield "the first factor is dropped", lambda n: n.right  # type: ignore[attr-defined]
    if isinstance(node.op, ast.MatMult):
        yield "operands swapped", lambda n: ast.BinOp(n.right, n.op, n.left)  # type: ignore[attr-defined]
        yield (
            "the second operand is transposed",
            lambda n: ast.BinOp(n.left, n.op, ast.Attribute(n.right, "T", ast.Load())),  # type: ignore[attr-defined]
        )
    if isinstance(node.op, ast.Pow):
        yield "a power is left out", lambda n: n.left  # type: ignore[attr-defined]


def _of_assignment(node: ast.Assign) -> Iterator[tuple[str, Edit]]:
    """`a = a + b` is adding up too."""
    target, value = node.targets[0], node.value
    adds = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add)
    if adds and ast.unparse(value.left) == ast.unparse(target):  # type: ignore[attr-defined]
        yield "added up becomes overwritten", lambda n: ast.Assign(n.targets, n.value.right)  # type: ignore[attr-defined]


def _of_call(node: ast.Call) -> Iterator[tuple[str, Edit]]:
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr == "sum":
        yield "a sum becomes a mean", _renamed("mean")
    if isinstance(function, ast.Attribute) and function.attr in ("tanh", "exp", "log"):
        yield f"{function.attr} is left out", lambda n: n.args[0]  # type: ignore[attr-defined]
    if isinstance(function, ast.Name) and function.id == "reversed":
        yield "a loop runs forward instead of backward", lambda n: n.args[0]  # type: ignore[attr-defined]
    if isinstance(function, ast.Name) and function.id == "range":
        yield "a loop ends one early", lambda n: ast.Call(n.func, [*n.args[:-1], _one_less(n.args[-1])], [])  # type: ignore[attr-defined]


def _renamed(name: str) -> Edit:
    def edit(node: ast.AST) -> ast.AST:
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Attribute)
        return ast.Call(ast.Attribute(node.func.value, name, ast.Load()), node.args, node.keywords)

    return edit


def _of_index(node: ast.Subscript) -> Iterator[tuple[str, Edit]]:
    """Off by one in time: an index `t`, wherever it stands, becomes `t - 1`."""
    if any(isinstance(n, ast.Name) and n.id == "t" for n in ast.walk(node.slice)):
        yield "one step too early", lambda n: ast.Subscript(n.value, _Earlier().visit(n.slice), n.ctx)  # type: ignore[attr-defined]


class _Earlier(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        return _one_less(node) if node.id == "t" else node


def _one_less(node: ast.expr) -> ast.expr:
    return ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _states(function: ast.FunctionDef) -> list[str]:
    """Names of states and of what flows back to them: what is easily taken for each other."""
    names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)} | {a.arg for a in function.args.args}
    return sorted(n for n in names if n in STATES)


STATES = frozenset(
    {"h", "h0", "h_0", "prev_h", "next_h", "h_t", "h_prev_t", "h_prev_l", "prev", "state", "g", "da", "dz"}
)


def _edited(tree: ast.stmt, node: ast.AST, edit: Edit) -> str | None:
    """A function or class with one node in it replaced. The tree itself stays as it is."""
    replacing = _Replacing(node, edit)
    changed = ast.fix_missing_locations(replacing.visit(_copied(tree, replacing)))
    return ast.unparse(changed) if replacing.done else None


def _copied(tree: ast.stmt, replacing: _Replacing) -> ast.stmt:
    """A copy in which the node to be replaced is known: copies of nodes are new objects."""
    memo: dict[int, object] = {}
    copied = copy.deepcopy(tree, memo)
    replacing.wanted = memo[id(replacing.wanted)]  # type: ignore[assignment]
    return copied


class _Replacing(ast.NodeTransformer):
    def __init__(self, wanted: ast.AST, edit: Edit) -> None:
        self.wanted, self.edit, self.done = wanted, edit, False

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.wanted:
            self.done = True
            return self.edit(node) or node
        return self.generic_visit(node)
