"""What the explanations show, measured: distances from the right answer, how a bound grows, how a diagnosis narrows."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint
from harness.evidence import exercise
from harness.options import DEFAULT_CASES
from harness.oracles import bank
from harness.oracles.allowances import THRESHOLD
from harness.oracles.error_bound import run_model
from harness.oracles.truth import Truth
from reference_impls import catalogue

Array = np.ndarray[Any, Any]
Results = Mapping[str, Any] | None

ROOT = Path(__file__).resolve().parent.parent
SHOWN = {"lab9": ("rnn_forward", "rnn_backward", "mse_last_step"), "cs231n": ("rnn_forward", "rnn_backward")}
"""The entry points whose distances are shown."""
LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200)
RADII = (0.5, 1.0, 1.5)
SEEDS = 5
MOST = 1e18
"""Distances are not told apart beyond this."""
SIZES = {"D": 3, "H": 6, "O": 2}


def program(source: str) -> ModuleType:
    """A module made of the project's own source text."""
    made = ModuleType("program")
    exec(compile(source, "program", "exec"), made.__dict__)  # noqa: S102 - the project's own code
    return made


def formulations(assignment: str) -> list[ModuleType]:
    """The model solution and every other right program of a numpy assignment that stands alone."""
    files = sorted((ROOT / "tests" / "formulations" / assignment).glob("*.py"))
    return [program(text) for text in [catalogue.source(assignment), *(f.read_text(encoding="utf-8") for f in files)]]


def edits(assignment: str, entry: str) -> dict[str, ModuleType]:
    """The model solution with one mistake each, for every mistake that is made in an entry point."""
    source = catalogue.source(assignment)
    made = [m for m in catalogue.misconceptions(assignment) if m.touches[0] == entry]
    return {m.id: program(catalogue.apply(source, m)) for m in made}


def results(asked: Assignment, entry: EntryPoint, code: ModuleType, truth: Truth) -> Results:
    """What a program returns on a case; nothing where it raises or has no such function."""
    operations = importlib.import_module(registry.folders()[asked.id] + ".driver").OPERATIONS
    try:
        with np.errstate(all="ignore"):
            found: dict[str, Any] = operations[entry.name](code, dict(exercise(asked, entry, truth).arrays))
    except Exception:  # noqa: BLE001 - a program with a mistake can raise anything
        return None
    return found


def ratio(entry: EntryPoint, found: Results, truth: Truth) -> float:
    """How many error bounds the worst element of all tensors is from the right answer; infinite where there is none."""
    if found is None:
        return float("inf")
    worst = 0.0
    for tensor in entry.tensors:
        out, right = np.asarray(found.get(tensor.name)), truth.expected[tensor.name]
        if out.dtype == object and tensor.optional:
            continue
        if out.dtype == object or out.shape != right.shape:
            return float("inf")
        bound = truth.allowed[tensor.name] / THRESHOLD
        with np.errstate(all="ignore"):
            near = np.nan_to_num(np.abs(out - right) / bound, nan=0.0, posinf=MOST)  # zero of a bound of zero is right
        worst = max(worst, float(np.max(near, initial=0.0)))
    return min(worst, MOST)


def _truths(asked: Assignment, entry: EntryPoint, cases: int) -> Sequence[Truth]:
    return bank.truths(asked.id, entry.group, "0", DEFAULT_CASES)[:cases]


def distances(
    cases: int = DEFAULT_CASES, shown: Mapping[str, Sequence[str]] = SHOWN
) -> tuple[list[float], list[float]]:
    """The worst distance of every program in multiples of the error bound: of right ones, and of wrong ones. Infinite
    for a program that raises, or returns another shape."""
    right, wrong = [], []
    for name, entries in shown.items():
        asked = registry.get(name)
        for entry in map(asked.entry_point, entries):
            truths = _truths(asked, entry, cases)
            right += [_worst(asked, entry, p, truths) for p in formulations(name) if hasattr(p, entry.name)]
            wrong += [_worst(asked, entry, p, truths) for p in edits(name, entry.name).values()]
    return right, wrong


def _worst(asked: Assignment, entry: EntryPoint, code: ModuleType, truths: Sequence[Truth]) -> float:
    return max(ratio(entry, results(asked, entry, code, truth), truth) for truth in truths)


def growth(lengths: Sequence[int] = LENGTHS, radii: Sequence[float] = RADII) -> dict[float, list[tuple[float, float]]]:
    """For every spectral radius and length: the bound of dW in float32, and the worst error of right programs, both as
    a share of its largest element; medians over some seeds."""
    return {r: [_median(_sequence(t, r, seed) for seed in range(SEEDS)) for t in lengths] for r in radii}


def _median(rows: Iterator[tuple[float, float]]) -> tuple[float, float]:
    bounds, errors = zip(*rows, strict=True)
    return float(np.median(bounds)), float(np.median(errors))


def _sequence(length: int, radius: float, seed: int) -> tuple[float, float]:
    asked = registry.get("lab9")
    entry = asked.entry_point("rnn_backward")
    inputs = _inputs(length, radius, seed)
    values, bounds = run_model(asked, asked.group(entry.group), inputs, "float32")
    right, size = values["dW"], float(np.max(np.abs(values["dW"])))
    narrow = {name: array.astype(np.float32) for name, array in {**inputs, "h": values["h"]}.items()}
    operation = importlib.import_module(registry.folders()["lab9"] + ".driver").OPERATIONS[entry.name]
    errors = [float(np.max(np.abs(np.asarray(operation(p, dict(narrow))["dW"]) - right))) for p in _right()]
    return float(np.max(bounds["dW"])) / size, max(errors) / size


@functools.cache
def _right() -> list[ModuleType]:
    return [p for p in formulations("lab9") if hasattr(p, "rnn_backward")]


def _inputs(length: int, radius: float, seed: int) -> dict[str, Array]:
    """Inputs of Lab 9's sequence functions, weights between states with this spectral radius; float32 holds them."""
    rng = np.random.default_rng([seed, length])
    d, h, o = SIZES["D"], SIZES["H"], SIZES["O"]
    shapes = {
        "x": (length, d),
        "h0": (h,),
        "U": (h, d),
        "W": (h, h),
        "V": (o, h),
        "b": (h,),
        "c": (o,),
        "dy": (length, o),
    }
    found = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    found["W"] *= radius / np.max(np.abs(np.linalg.eigvals(found["W"])))
    return {name: array.astype(np.float32).astype(np.float64) for name, array in found.items()}


def narrowing(most: int = 10, assignment: str = "lab9", name: str = "rnn_backward") -> list[list[int]]:
    """After 0, 1, 2, … cases, the simplest first: for every mistake of an entry point, how many mistakes of the
    catalogue give its numbers on all of them, itself included."""
    asked = registry.get(assignment)
    entry = asked.entry_point(name)
    truths, codes = _truths(asked, entry, most), list(edits(assignment, name).values())
    alike = np.ones((len(codes), len(codes)), dtype=bool)
    counts = [[len(codes)] * len(codes)]
    for truth in truths:
        found = [results(asked, entry, code, truth) for code in codes]
        alike &= np.array([[_same(entry, one, other, truth) for other in found] for one in found])
        counts.append([int(n) for n in alike.sum(axis=1)])
    return counts


def _same(entry: EntryPoint, one: Results, other: Results, truth: Truth) -> bool:
    if one is None or other is None:
        return one is other
    return all(_close(one.get(t.name), other.get(t.name), truth.allowed[t.name]) for t in entry.tensors)


def _close(one: Any, other: Any, allowed: Array) -> bool:
    if one is None or other is None:
        return one is other
    left, right = np.asarray(one), np.asarray(other)
    return left.shape == right.shape and bool(np.all(np.abs(left - right) <= 2 * float(np.max(allowed, initial=0.0))))
