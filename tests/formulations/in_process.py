"""Evidence about the project's own code, taken in this process: what a worker would return, without one."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import numpy as np
import torch

from formulations.running import module_of
from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint
from harness.collecting import returned
from harness.evidence import Evidence, exercise, judged
from harness.options import DEFAULT_CASES
from harness.oracles import bank
from harness.oracles.bank import Truth
from harness.worker.inside.failures import failure_of
from harness.worker.session import Outcome, Result


def submission_of(source: str) -> ModuleType:
    """Source text of the project's own as a module."""
    return module_of(source, "submitted")


def evidence_of(
    assignment: Assignment, entry: EntryPoint, code: ModuleType, seed: str = "0", cases: int = DEFAULT_CASES
) -> Evidence:
    """What `code` returns on the cases of a seed, and the verdicts on it."""
    entry, truths, outcomes = returns(assignment, entry, code, seed, cases)
    return Evidence(entry, truths, tuple(outcomes), judged(assignment, entry, truths, outcomes))


def returns(
    assignment: Assignment, entry: EntryPoint, code: ModuleType, seed: str, cases: int
) -> tuple[EntryPoint, tuple[Truth, ...], list[Outcome]]:
    """What `code` returns on the cases of a seed; the entry point as it is then looked at."""
    truths = bank.truths(assignment.id, entry.group, seed, cases)
    outcomes = [_outcome(assignment, entry, code, truth) for truth in truths]
    return returned(entry, outcomes), truths, outcomes


def _outcome(assignment: Assignment, entry: EntryPoint, code: ModuleType, truth: Truth) -> Outcome:
    driver = importlib.import_module(registry.folders()[assignment.id] + ".driver").OPERATIONS
    arrays: dict[str, Any] = {n: a.copy() for n, a in exercise(assignment, entry, truth).arrays.items()}
    if assignment.library == "torch":
        arrays = {name: torch.from_numpy(array) for name, array in arrays.items()}
    np.random.seed(truth.case.seed)
    try:
        with np.errstate(all="ignore"):
            outputs = driver[entry.name](code, arrays)
    except Exception as error:  # noqa: BLE001 - a mistake can raise anything
        return failure_of(error, "")
    found = {n: np.asarray(v.detach() if isinstance(v, torch.Tensor) else v) for n, v in outputs.items()}
    kept = {n: a for n, a in found.items() if a.dtype.kind in "fiub"}
    return Result(kept, {n: "None" for n in found if n not in kept})
