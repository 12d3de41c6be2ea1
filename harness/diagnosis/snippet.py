"""A program that reproduces a counterexample with the array library and the student's file alone."""

from __future__ import annotations

import functools
import importlib
import keyword
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec
import numpy as np

from harness import celltext, stopwatch
from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Tensor, Values
from harness.cases.filling import sent
from harness.diagnosis import differences
from harness.oracles.bank import Truth
from harness.properties.agreement import CaseVerdict
from harness.wire import Loaded

Array = np.ndarray[Any, Any]

TORCH = ("import torch", "torch.set_printoptions(precision=10)")
MAX_ELEMENTS = 400
"""Above this many numbers a pasted program is no help."""


class Setting(msgspec.Struct, frozen=True):
    """Where a program is to run, and what it may show."""

    file: str
    loaded: Loaded
    hide: bool = False
    variant: str = ""
    """The way the entry point was exercised: "" or "/fixed_cache"."""
    forward_runs: bool = True
    """Whether the forward function that the entry point belongs to is there, and returns something."""


@stopwatch.phase("diagnosis")
def program(assignment: Assignment, entry: EntryPoint, tensor: Tensor, verdict: CaseVerdict, setting: Setting) -> str:
    """Source code to paste next to the student's file. It prints what came and, unless hidden, what was expected.

    Where that is hidden it prints finite differences of the student's own forward function, or says why it cannot.
    """
    calls = importlib.import_module(registry.folders()[assignment.id] + ".snippet")
    truth, part = verdict.truth, verdict.part or tensor.name
    own = setting.hide and bool(entry.given)  # a result of the forward function is an answer too
    if setting.hide and (setting.variant or (own and not setting.forward_runs)):
        return ""  # there is nothing to make a cache of but an answer
    arrays = _arguments(assignment, entry, truth, setting.variant, own)
    if sum(a.size for a in arrays.values()) > MAX_ELEMENTS:
        return ""
    needs, lines_of = _needs_and_calls(calls, entry, setting.variant, own)
    beside = _beside(assignment, entry, tensor, verdict, setting, calls)
    dims = ", ".join(f"{name}={size}" for name, size in truth.case.dims.items())
    lines = [
        f"# {entry.name}: {tensor.name} at {dims}. {_where(setting.file)}",
        *(TORCH if assignment.library == "torch" else ("import numpy as np",)),
        *(calls.SUPPLIED.strip().splitlines() if setting.loaded.supplied else []),
        *_import(needs, setting.file, setting.loaded.called),
        "",
        *calls.arguments({name: literal(a, assignment.library) for name, a in arrays.items()}),
        *_adapted(lines_of, setting.loaded.lacks, calls),
        "",
        *differences.shown(calls.result(entry.name, part), assignment.library),
        *beside,
    ]
    return "\n".join(lines) + "\n"


def _needs_and_calls(calls: Any, entry: EntryPoint, variant: str, own: bool) -> tuple[Sequence[str], Sequence[str]]:
    """What is imported, and the calls: with a cache made by hand, or with the results of the own forward function."""
    if variant:
        return (entry.name,), calls.FIXED_CACHE[entry.name]
    chosen = (calls.OWN_NEEDS, calls.OWN) if own else (calls.NEEDS, calls.CALLS)
    return chosen[0][entry.name], chosen[1][entry.name]


def _beside(
    assignment: Assignment, entry: EntryPoint, tensor: Tensor, verdict: CaseVerdict, setting: Setting, calls: Any
) -> list[str]:
    """What is printed beside the student's result."""
    truth, part = verdict.truth, verdict.part or tensor.name
    if not setting.hide:
        expected = truth.expected.get(part)
        if not isinstance(expected, np.ndarray):
            return []
        return differences.beside_answer(literal(expected, assignment.library), comparable=not verdict.trouble)
    why = differences.why_not(entry, tensor, setting.forward_runs)
    if why:
        return [f"# Only your own result is shown: {why}."]
    forward = _adapted(calls.CALLS[entry.forward], setting.loaded.lacks, calls)
    how = differences.Calls(forward, calls.result, getattr(calls, "array", str), assignment.library)
    return differences.slopes(entry, assignment.group(entry.group), tensor, truth, part, how)


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
        *differences.shown(calls.result(check, tensor), assignment.library),
    ]
    if right is None:
        lines.append("# Only your own values are shown: there is no function of yours to check them by.")
    else:
        lines += differences.beside_answer(literal(right, assignment.library), comparable=True)
    return "\n".join(lines) + "\n"


def _arguments(assignment: Assignment, entry: EntryPoint, truth: Truth, variant: str, own: bool) -> dict[str, Array]:
    """The inputs this entry point needs: no upstream gradient for a forward function."""
    group = assignment.group(entry.group)
    arrays = sent(truth.case, group, truth.inputs)
    if not entry.forward:
        arrays = {name: a for name, a in arrays.items() if name not in group.upstream}
    given = () if own else entry.fixed_cache if variant else entry.given
    return arrays | {name: truth.expected[name].astype(truth.case.dtype) for name in given}


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
