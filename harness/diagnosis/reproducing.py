"""Runs the model solution with mistakes made in it, and compares what comes of it with a submission's results."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import warnings
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Tensor, part_names
from harness.diagnosis.in_rows import Mine, slack
from harness.evidence import exercise
from harness.oracles.bank import Truth
from harness.properties.agreement import trouble_of
from harness.wire import Failure
from harness.worker.inside.failures import failure_of
from harness.worker.session import Outcome, Result
from reference_impls import catalogue
from reference_impls.catalogue import Misconception

Array = np.ndarray[Any, Any]
Pairs = Sequence[tuple[Truth, Outcome]]
Mistakes = tuple[Misconception, ...]
"""Made at once."""
Made = dict[str, Array] | str
"""Results by name, or the exception in words."""

RELATIVE = {"float64": 1e-9, "float32": 1e-3}
"""Agreement asked of a candidate, relative to a tensor's largest element; the error bound of the right answer comes on
top. A wrong candidate would have to come this close on every case, with all dimensions different in some."""
MOST_RESULTS = 20_000


FIRST = 2
"""Cases that are looked at one by one before all are looked at together: most mistakes are ruled out by one."""


def explained(
    assignment: Assignment,
    entry: EntryPoint,
    mistakes: Mistakes,
    tensors: Sequence[Tensor],
    pairs: Pairs,
    mine: Mine | None = None,
) -> list[str]:
    """Tensors that the mistakes, made at once, reproduce on every case; `mine` holds the results of all pairs."""
    left = list(tensors)
    for place, (truth, outcome) in enumerate(pairs):
        if place == FIRST and mine is not None:
            left = [t for t in left if _same_in_rows(assignment, entry, mistakes, t, pairs, mine)]
            break
        results = made(assignment, entry, mistakes, truth)
        left = [t for t in left if _same_tensor(t, truth, outcome, results)]
        if not left:
            return []
    return [t.name for t in left]


def _same_in_rows(
    assignment: Assignment, entry: EntryPoint, mistakes: Mistakes, tensor: Tensor, pairs: Pairs, mine: Mine
) -> bool:
    """Whether the tensor is the same on all pairs."""

    def results(truth: Truth) -> Made:
        return made(assignment, entry, mistakes, truth)

    key = (assignment.id, entry.name, tuple(e for m in mistakes for e in m.edits))
    same = mine.same(tensor, key, results, RELATIVE)
    if same is not None:
        return same
    return all(_same_tensor(tensor, truth, outcome, results(truth)) for truth, outcome in pairs)


def whole(
    assignment: Assignment, entry: EntryPoint, mistakes: Mistakes, tensors: Sequence[Tensor], pairs: Pairs
) -> bool:
    """Whether the mistakes reproduce all the tensors on every case; it looks no further than the first difference."""
    return all(
        _same_tensor(tensor, truth, outcome, results)
        for truth, outcome in pairs
        for results in (made(assignment, entry, mistakes, truth),)
        for tensor in tensors
    )


def _same_tensor(tensor: Tensor, truth: Truth, outcome: Outcome, results: Made) -> bool:
    """Equal arrays; or the same exception with the same message, since a mistake that only raises explains nothing."""
    if isinstance(outcome, Failure):
        return isinstance(results, str) and _words(results) == _words(trouble_of(outcome))
    if isinstance(results, str) or not isinstance(outcome, Result):
        return False
    names = part_names(tensor.name, tensor.per_layer, truth.case.dims)
    return all(
        same(outcome.arrays[n], results[n], truth, n)
        if n in results and n in outcome.arrays
        else _neither(n, results, outcome)
        for n in names
    )


def _words(message: str) -> list[str]:
    """What a message says, in whatever order: a * b and b * a name their shapes the other way round."""
    return sorted(re.findall(r"\w+", message))


def _neither(part: str, results: Mapping[str, Array], outcome: Result) -> bool:
    return part not in results and part not in outcome.arrays


def same(actual: Array, candidate: Array, truth: Truth, part: str) -> bool:
    """Whether a result is what a candidate says, as far as rounding lets that be told."""
    if actual.shape != candidate.shape or actual.dtype.kind == "c":
        return False
    allowed: Any = truth.allowed[part] if truth.allowed[part].shape == actual.shape else 0.0
    near = allowed + slack(candidate, RELATIVE[truth.case.dtype])
    with np.errstate(invalid="ignore", over="ignore"):
        close = np.abs(actual.astype(np.float64) - candidate) <= near
    return bool(np.all(close | (~np.isfinite(actual) & ~np.isfinite(candidate))))


_results: dict[tuple[str, str, tuple[Any, ...], str], Made] = {}


def made(assignment: Assignment, entry: EntryPoint, mistakes: Mistakes, truth: Truth) -> Made:
    """What the model solution with the mistakes returns on a case, or the exception it raises."""
    key = (assignment.id, entry.name, tuple(e for m in mistakes for e in m.edits), repr(truth.case))
    if key not in _results:
        if len(_results) >= MOST_RESULTS:
            _results.clear()
        _results[key] = _run(assignment, entry, module(assignment.id, mistakes), truth)
    return _results[key]


def _run(assignment: Assignment, entry: EntryPoint, code: ModuleType, truth: Truth) -> Made:
    operation = importlib.import_module(registry.folders()[assignment.id] + ".driver").OPERATIONS[entry.name]
    arrays: dict[str, Any] = {name: array.copy() for name, array in exercise(assignment, entry, truth).arrays.items()}
    if assignment.library == "torch":
        torch = importlib.import_module("torch")
        arrays = {name: torch.from_numpy(array) for name, array in arrays.items()}
    before = np.random.get_state()
    np.random.seed(truth.case.seed)  # as a worker does: some results are weights that nobody initialised
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what an edited model is warned of is nobody's business
            outputs = operation(code, arrays)
        return {name: np.asarray(value, dtype=np.float64) for name, value in outputs.items() if value is not None}
    except Exception as error:  # noqa: BLE001 - a mistake can make the model raise anything: that is what it then does
        return trouble_of(failure_of(error, ""))
    finally:
        np.random.set_state(before)


@functools.lru_cache(maxsize=4096)
def module(assignment_id: str, mistakes: Mistakes) -> ModuleType:
    """The model solution with mistakes made in it. This is the project's own code, not a student's.

    Only the statements that an edit changes are compiled anew. Raises `ValueError` for edits that share a place, and
    `SyntaxError` where they do not go together.
    """
    source = catalogue.source(assignment_id)
    changed = catalogue.apply_all(source, mistakes)
    found = ModuleType(f"{assignment_id}.{'+'.join(m.id for m in mistakes)}")
    edits = [(place, edit) for m in mistakes for place, edit in catalogue.places(source, m)]
    texts = [_edited(start, text, edits) for start, text in _statements(source)]
    for text in texts if "".join(texts) == changed else [changed]:
        exec(_compiled(text, assignment_id), found.__dict__)  # noqa: S102
    return found


def _edited(start: int, text: str, edits: Sequence[tuple[int, catalogue.Edit]]) -> str:
    """A statement with the edits made in it that begin there; one that goes beyond its end is not made right."""
    inside = [(place - start, edit) for place, edit in edits if start <= place < start + len(text)]
    for place, edit in sorted(inside, reverse=True, key=lambda pair: pair[0]):
        text = text[:place] + edit.new + text[place + len(edit.old) :]
    return text


@functools.lru_cache(maxsize=32)
def _statements(source: str) -> tuple[tuple[int, str], ...]:
    """The top-level statements of a module, each with the place where its text begins; together they are all of it."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for node in ast.parse(source).body[1:]:
        decorators = [d.lineno for d in getattr(node, "decorator_list", [])]
        starts.append(min([node.lineno, *decorators]) - 1)
    ends = [*starts[1:], len(lines)]
    offsets = [sum(map(len, lines[:start])) for start in starts]
    texts = ["".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]
    return tuple(zip(offsets, texts, strict=True))


@functools.lru_cache(maxsize=4096)
def _compiled(text: str, name: str) -> CodeType:
    return compile(text, name, "exec")
