"""Runs the project's own code in this process on drawn cases: model solutions, edits of them, formulations."""

from __future__ import annotations

import ast
import functools
import importlib
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from harness import source
from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint
from harness.cases.case import Case
from harness.cases.filling import inputs, sent
from reference_impls import catalogue

Arrays = dict[str, Any]


def module_of(source: str, name: str) -> ModuleType:
    """A module made of source text."""
    module = ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)  # noqa: S102 - the project's own code
    return module


@functools.cache
def model(assignment_id: str) -> ModuleType:
    """The model solution."""
    return module_of(catalogue.source(assignment_id), f"{assignment_id}.model")


def operations(assignment_id: str, entry: EntryPoint) -> list[str]:
    """The driver's operations that exercise an entry point by itself."""
    accumulates = [entry.name + "/accumulates"] if any("accumulate" in d.property for d in entry.demands) else []
    return [entry.name, *accumulates]


def run(assignment_id: str, code: Any, entry: EntryPoint, case: Case) -> Arrays | None:
    """What `code` returns on a case, as arrays of the same library's dtypes; None when it raises."""
    driver = importlib.import_module(registry.folders()[assignment_id] + ".driver").OPERATIONS
    found: Arrays = {}
    for name in operations(assignment_id, entry):
        try:
            with np.errstate(all="ignore"):
                outputs = driver[name](code, arguments(assignment_id, entry, case))
        except Exception:  # noqa: BLE001 - an edited model can raise anything
            return None
        found |= {f"{name}: {key}": _array(value) for key, value in outputs.items()}
    return found


def arguments(assignment_id: str, entry: EntryPoint, case: Case) -> Arrays:
    """A case's arrays in the assignment's library, with the model's forward results the entry point is given."""
    assignment = registry.get(assignment_id)
    group = assignment.group(entry.group)
    arrays: Arrays = sent(case, group, inputs(case, group))
    if assignment.library == "torch":
        arrays = {name: torch.from_numpy(array) for name, array in arrays.items()}
    if entry.given:
        driver = importlib.import_module(registry.folders()[assignment_id] + ".driver").OPERATIONS
        arrays |= {name: driver[entry.forward](model(assignment_id), arrays)[name] for name in entry.given}
    return arrays


def _array(value: Any) -> Any:
    return None if value is None else np.asarray(value.detach() if isinstance(value, torch.Tensor) else value)


def built_on(assignment: Assignment, names: Collection[str]) -> list[str]:
    """Entry points that the model solution builds on these, so that their mistakes show there too."""
    found: list[str] = []
    for entry in assignment.entry_points:
        uses = {*names, *found} & set(entry.needs)
        if entry.name not in names and uses and _is_chain(assignment.id, entry):
            found.append(entry.name)
    return found


def _is_chain(assignment_id: str, entry: EntryPoint) -> bool:
    """Whether the model solution makes this entry point of its step function, or of those it is built on."""
    parts = (entry.step,) if entry.step else entry.built_on
    return bool({part.split(".")[0] for part in parts} & _called(assignment_id, entry.function))


@functools.cache
def _called(assignment_id: str, function: str) -> set[str]:
    """Names that a function or method of the model solution speaks of."""
    tree: ast.AST = ast.parse(catalogue.source(assignment_id))
    for part in function.split("."):
        named = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == part)
        tree = next(named)
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}


def defined(path: Path, assignment: Assignment) -> list[EntryPoint]:
    """The entry points a formulation holds: some are written for a part of an assignment."""
    names = source.parse(path.read_bytes()).definitions
    return [e for e in assignment.entry_points if e.defined_by in names]


def same(one: Arrays | None, other: Arrays | None, relative: float) -> bool:
    """Whether two runs gave the same shapes, dtypes and numbers, relative to a tensor's largest element."""
    if one is None or other is None:
        return one is other
    return one.keys() == other.keys() and all(_same(one[name], other[name], relative) for name in one)


def _same(one: Any, other: Any, relative: float) -> bool:
    if one is None or other is None:
        return one is other
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.abs(one - other) <= relative * np.max(np.abs(other), initial=0.0)))
