"""A program that reproduces a counterexample with the array library and the student's file alone."""

from __future__ import annotations

import functools
import importlib
import keyword
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from harness import celltext
from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Values
from harness.cases.filling import sent
from harness.oracles.bank import Truth
from harness.properties.agreement import CaseVerdict
from harness.wire import Loaded

Array = np.ndarray[Any, Any]

TORCH = ("import torch", "torch.set_printoptions(precision=10)")
MAX_ELEMENTS = 400
"""Above this many numbers a pasted program is no help."""


def program(
    assignment: Assignment,
    entry: EntryPoint,
    tensor: str,
    verdict: CaseVerdict,
    file: str,
    loaded: Loaded,
    hide: bool,
) -> str:
    """Source code to paste next to the student's file; prints what came and, unless hidden, what was expected."""
    calls = importlib.import_module(registry.folders()[assignment.id] + ".snippet")
    truth, part = verdict.truth, verdict.part or tensor
    own = hide and bool(entry.given)  # a result of the forward function is an answer too
    arrays = _arguments(assignment, entry, truth, own)
    if sum(a.size for a in arrays.values()) > MAX_ELEMENTS:
        return ""
    dims = ", ".join(f"{name}={size}" for name, size in truth.case.dims.items())
    lines = [
        f"# {entry.name}: {tensor} at {dims}. {_where(file)}",
        *(TORCH if assignment.library == "torch" else ("import numpy as np",)),
        *(calls.SUPPLIED.strip().splitlines() if loaded.supplied else []),
        *_import((calls.OWN_NEEDS if own else calls.NEEDS)[entry.name], file, loaded.called),
        "",
        *calls.arguments({name: literal(a, assignment.library) for name, a in arrays.items()}),
        *_adapted((calls.OWN if own else calls.CALLS)[entry.name], loaded.lacks, calls),
        "",
        f'print("yours:", {calls.result(entry.name, part)})',
    ]
    if not hide and part in truth.expected and isinstance(truth.expected[part], np.ndarray):
        lines.append(f'print("expected:", {literal(truth.expected[part], assignment.library)})')
    return "\n".join(lines) + "\n"


def values_program(
    assignment: Assignment,
    values: Values,
    tensor: str,
    seen: Mapping[str, Array],
    right: Array | None,
) -> str:
    """A program that shows variables of a notebook, as they were where it called the check, beside what is `right`,
    unless that is hidden. It needs nothing of the notebook: what these variables were is written out."""
    calls = importlib.import_module(registry.folders()[assignment.id] + ".snippet")
    check = values.entry.name
    if sum(array.size for array in seen.values()) > MAX_ELEMENTS:
        return ""
    lines = [
        f"# {check}: {tensor}, from your variables as they were where grader.check({check!r}) was called.",
        *(TORCH if assignment.library == "torch" else ("import numpy as np",)),
        "",
        *(f"{name} = {literal(array, assignment.library)}" for name, array in seen.items()),
        *calls.VALUES.get(check, ()),
        "",
        f'print("yours:", {calls.result(check, tensor)})',
    ]
    if right is not None:
        lines.append(f'print("expected:", {literal(right, assignment.library)})')
    return "\n".join(lines) + "\n"


def _arguments(assignment: Assignment, entry: EntryPoint, truth: Truth, own: bool) -> dict[str, Array]:
    """The inputs this entry point needs: no upstream gradient for a forward function."""
    group = assignment.group(entry.group)
    arrays = sent(truth.case, group, truth.inputs)
    if not entry.forward:
        arrays = {name: a for name, a in arrays.items() if name not in group.upstream}
    return arrays if own else arrays | {name: truth.expected[name] for name in entry.given}


def _where(file: str) -> str:
    if celltext.is_notebook(file):
        return "Paste it into a new cell at the end of your notebook, and run all cells."
    return "Run it in the folder of your submission."


def _adapted(lines: Sequence[str], lacks: Sequence[str], calls: Any) -> list[str]:
    """The calls as the driver makes them where the submission leaves a method out."""
    changes = [calls.ADAPTED[method] for method in lacks if method in getattr(calls, "ADAPTED", {})]
    return [functools.reduce(lambda text, change: text.replace(*change), changes, line) for line in lines]


def _import(needed: Sequence[str], file: str, called: Mapping[str, str]) -> list[str]:
    """Imports what the program calls, by the name the handout has for it."""
    names = {name: called.get(name, name) for name in needed}
    if celltext.is_notebook(file):  # its names are there already
        return [f"{name} = {theirs}" for name, theirs in names.items() if name != theirs]
    parts = PurePosixPath(file).with_suffix("").parts
    if all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        return ["import sys", 'sys.path.insert(0, ".")', f"from {'.'.join(parts)} import {_renamed(names)}"]
    lines = ["import runpy", f"code = runpy.run_path({file!r})"]
    return [*lines, *(f"{name} = code[{theirs!r}]" for name, theirs in names.items())]


def _renamed(names: Mapping[str, str]) -> str:
    return ", ".join(name if name == theirs else f"{theirs} as {name}" for name, theirs in names.items())


def literal(array: Array, library: str) -> str:
    """`array` as an expression that gives exactly these numbers."""
    numbers = np.asarray(array).tolist()
    if library == "torch":
        return f"torch.tensor({numbers!r}, dtype=torch.{array.dtype.name})"
    return f"np.array({numbers!r})"
