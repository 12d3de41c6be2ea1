"""Looks for anything in a student's kit that a solution could be read from."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.assignments import registry
from harness.assignments.contract import Assignment
from reference_impls import catalogue

HOUSE = Path(catalogue.__file__).parents[1]
FORBIDDEN = ("reference_impls", "oracles/autograd", "oracles/tracked", "oracles/error_bound", "definition.py")
"""Parts of the names of files that compute answers; no text may name the first."""
SHORTEST = 14
"""Characters that a line or an edit has at least to be looked for: shorter ones stand in any program."""
PRINTED = (
    "cache = (x, prev_h, Wx, Wh, next_h)",
    "return torch.clamp(x, min=0)",
    "mask = captions_out != self._null",
    "dh[-1] = self.output_layer.backward(delta)",
)
"""What the handouts themselves print."""
OTHER_HOMEWORK = (
    "logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
    "dx = np.exp(logs)",
    "return dLdZ @ self.W",
)
"""What the modules of other homework hold, which students are given."""
CALLS = ("U, V, W = bigram_rnn(T)", "y, h = rnn_forward(x, h0, U, W, V, b, c)")
"""How the student's own functions are called."""


def leaks(assignment: Assignment, files: Mapping[str, bytes]) -> list[str]:
    """What is in `files` that should not be, each as a sentence."""
    found = [f"{name} is there" for name in files for part in FORBIDDEN if part in name]
    secrets = sorted(set(secrets_of(assignment)) - set(map(squeezed, (*PRINTED, *OTHER_HOMEWORK, *CALLS))))
    for name, data in files.items():
        text = squeezed(data.decode("utf-8", "replace"))
        found += [f"{name} names {FORBIDDEN[0]}"] if FORBIDDEN[0] in text else []
        found += [f"{name} is compiled"] if name.endswith((".pyc", ".pyo", ".so")) else []
        found += [f"{name} holds {secret!r}" for secret in secrets if secret in text]
    return found


def secrets_of(assignment: Assignment) -> Iterator[str]:
    """Lines of every source that has the solution, and both sides of every mistake."""
    for text in _sources(assignment):
        yield from _lines(text)
    for mistake in catalogue.misconceptions(assignment.id):
        yield from _long(squeezed(piece) for edit in mistake.edits for piece in (edit.old, edit.new))


def _sources(assignment: Assignment) -> Iterator[str]:
    """The model solution in every form it has, what autograd differentiates, what is supplied in its place, and the
    drivers' chains."""
    package = registry.folders()[assignment.id]
    yield catalogue.source(assignment.id)
    yield inspect.getsource(importlib.import_module(assignment.model))
    yield inspect.getsource(importlib.import_module(f"{package}.definition"))
    support = Path(importlib.import_module(package).__file__ or "").parent / "support"
    for file, _, _ in assignment.supplied_alone.values():
        yield (support / file).read_text()
    for driver in (f"{package}.driver", *assignment.driver_modules):
        yield _chains(inspect.getsource(importlib.import_module(driver)))


def _chains(source: str) -> str:
    """The chains of a driver, without the statements that other functions have too."""
    functions = [f for f in ast.parse(source).body if isinstance(f, ast.FunctionDef)]
    chains, others = (
        {ast.unparse(s) for f in functions if f.name.endswith("_chained") is wanted for s in _assignments(f)}
        for wanted in (True, False)
    )
    return "\n".join(sorted(chains - others))


def _assignments(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    return (s for s in ast.walk(function) if isinstance(s, (ast.Assign, ast.AugAssign)))


def _lines(text: str) -> Iterator[str]:
    """Statements that compute something, as Python prints them."""
    for node in ast.walk(ast.parse(text)):
        computes = isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and node.value is not None
        if computes and any(isinstance(n, (ast.BinOp, ast.Call)) for n in ast.walk(node)):
            yield from _long([squeezed(ast.unparse(node))])


def _long(pieces: Iterable[str]) -> Iterator[str]:
    yield from (p for p in pieces if len(p) >= SHORTEST)


@functools.lru_cache(maxsize=1024)
def squeezed(text: str) -> str:
    """Without white space and with one kind of quotes: the form in which texts are compared."""
    return re.sub(r"\s+", "", text).replace('"', "'")
