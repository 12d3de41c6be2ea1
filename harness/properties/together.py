"""Judges an entry point on all cases at once: one comparison settles all that passes, the rest is looked at alone.

The verdicts are those of `agreement.judge`, to the bit: the same operations on the same numbers, put in one row. Where
an answer came with the arrays that are expected, its bytes are that part of the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import Tensor, part_names
from harness.oracles.allowances import undecidable_each
from harness.oracles.truth import Truth
from harness.properties.agreement import AllowedIn, CaseVerdict, judge
from harness.properties.comparison import TINY, Comparison
from harness.wire import ArraySpec
from harness.worker.received import Received
from harness.worker.session import Ended, Outcome, Result

Array = np.ndarray[Any, Any]

WORTH_IT = 4
"""Cases from which on a row is made."""


class Piece(msgspec.Struct, frozen=True):
    """One tensor on one case: the arrays from `start` to `stop` of the row."""

    tensor: str
    place: int
    names: tuple[str, ...]
    start: int
    stop: int
    size: int
    """Elements of all its arrays."""


class Row(msgspec.Struct, frozen=True):
    """What is right of some tensors, and what is allowed, on all cases: every array's numbers, one after the other."""

    truths: tuple[Truth, ...]
    specs: tuple[tuple[ArraySpec, ...], ...]
    """Of every case, the arrays, as an answer announces them whose bytes lie as the numbers here."""
    pieces: tuple[tuple[Piece, ...], ...]
    """Of every case, its tensors."""
    expected: Array
    allowed: Array
    starts: Array
    """Where each array begins."""
    undecidable: tuple[bool, ...]


Passed = dict[tuple[str, int], CaseVerdict]
"""Verdicts on tensors that pass, by their names and the places of the cases."""

_rows: dict[tuple[int, tuple[str, ...]], tuple[tuple[Truth, ...], Row | None]] = {}
"""By the identity of the truths, which are kept so that no other ones get it, and the tensors' names."""
MOST_ROWS = 256


def judge_all(
    tensors: Sequence[Tensor], truths: tuple[Truth, ...], outcomes: Sequence[Outcome | None], allowed_in: AllowedIn
) -> dict[str, tuple[CaseVerdict, ...]]:
    """Verdicts by tensor on the cases that have an outcome; a worker's end is no verdict on a case."""
    row = _row(tensors, truths) if len(truths) >= WORTH_IT else None
    passed = _passed(row, outcomes) if row is not None else {}
    found = [
        (place, truth, outcome)
        for place, (truth, outcome) in enumerate(zip(truths, outcomes, strict=False))
        if outcome is not None and not isinstance(outcome, Ended)
    ]
    return {
        tensor.name: tuple(
            passed.get((tensor.name, place)) or judge(tensor, truth, outcome, allowed_in)
            for place, truth, outcome in found
        )
        for tensor in tensors
    }


def _passed(row: Row, outcomes: Sequence[Outcome | None]) -> Passed:
    """The tensors and cases where every element is within what is allowed."""
    numbers, whole = [], list[Piece]()
    for place, (specs, pieces) in enumerate(zip(row.specs, row.pieces, strict=True)):
        outcome = outcomes[place] if place < len(outcomes) else None
        arrays = outcome.arrays if isinstance(outcome, Result) else {}
        if isinstance(arrays, Received) and arrays.specs == specs:
            numbers.append(arrays.payload)
            whole += pieces
            continue
        for piece in pieces:
            found = [_numbers(arrays.get(n), row.truths[place].expected[n].shape) for n in piece.names]
            whole += [piece] if all(found) else []
            numbers += found if all(found) else [bytes(8 * piece.size)]
    with np.errstate(all="ignore"):
        actual = np.frombuffer(b"".join(numbers))
        ratios: list[float] = np.maximum.reduceat(np.abs(actual - row.expected) / row.allowed, row.starts).tolist()
    verdicts = ((piece, _verdict(row, piece, ratios)) for piece in whole)
    return {(piece.tensor, piece.place): verdict for piece, verdict in verdicts if verdict is not None}


def _numbers(array: Array | None, shape: tuple[int, ...]) -> bytes:
    """An array's numbers, if it is there, in this shape, and real; nothing otherwise."""
    if array is None or array.shape != shape or array.dtype.kind == "c":
        return b""
    return array.astype(np.float64, copy=False).tobytes()


def _verdict(row: Row, piece: Piece, ratios: list[float]) -> CaseVerdict | None:
    """None where something is not within what is allowed, or is no number."""
    start, stop = piece.start, piece.stop
    if stop - start == 1:  # as nearly all are, and this is asked of every tensor on every case
        worst, undecidable = start, row.undecidable[start]
        if not ratios[start] <= 1.0:
            return None
    else:
        if not all(ratio <= 1.0 for ratio in ratios[start:stop]):
            return None
        worst, undecidable = max(range(start, stop), key=ratios.__getitem__), all(row.undecidable[start:stop])
    comparison = Comparison(ratios[worst], 0, piece.size, undecidable=undecidable)
    status = "not_judged" if undecidable else "pass"
    return CaseVerdict(row.truths[piece.place], status, piece.names[worst - start], comparison)


def _row(tensors: Sequence[Tensor], truths: tuple[Truth, ...]) -> Row | None:
    """The row of those tensors that can be in one; None where none can."""
    key = id(truths), tuple(tensor.name for tensor in tensors)
    if key not in _rows:
        while len(_rows) >= MOST_ROWS:
            del _rows[next(iter(_rows))]
        fit = [tensor for tensor in tensors if all(_fits(tensor, truth) for truth in truths)]
        _rows[key] = truths, _made(fit, truths) if fit else None
    return _rows[key][1]


def _fits(tensor: Tensor, truth: Truth) -> bool:
    """Whether every array is there, and is not empty, as such a one has no largest ratio."""
    names = part_names(tensor.name, tensor.per_layer, truth.case.dims)
    return all(
        name in truth.expected
        and truth.expected[name].size
        and truth.expected[name].size == truth.allowed[name].size
        and truth.allowed[name].dtype == np.float64
        for name in names
    )


def _made(tensors: Sequence[Tensor], truths: tuple[Truth, ...]) -> Row:
    specs: list[tuple[ArraySpec, ...]] = []
    pieces: list[tuple[Piece, ...]] = []
    parts: list[tuple[Truth, str]] = []
    for place, truth in enumerate(truths):
        its, before = [], len(parts)
        for tensor in tensors:
            names = part_names(tensor.name, tensor.per_layer, truth.case.dims)
            size = sum(truth.expected[name].size for name in names)
            its.append(Piece(tensor.name, place, names, len(parts), len(parts) + len(names), size))
            parts += [(truth, name) for name in names]
        pieces.append(tuple(its))
        specs.append(tuple(ArraySpec(name, "float64", truth.expected[name].shape) for _, name in parts[before:]))
    expected = [truth.expected[name].reshape(-1) for truth, name in parts]
    right = np.concatenate(expected, dtype=np.float64)
    bound = np.concatenate([truth.allowed[name].reshape(-1) for truth, name in parts])
    starts = np.cumsum([0, *map(len, expected[:-1])])
    undecidable = undecidable_each(right, bound, starts, [truth.case.dtype for truth, _ in parts])
    return Row(truths, tuple(specs), tuple(pieces), right, np.maximum(bound, TINY), starts, tuple(undecidable))
