"""Whose mistake a failure is: a mistake is charged once, to the entry point that makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from harness import stopwatch
from harness.assignments.contract import Assignment, EntryPoint, part_names
from harness.evidence import Evidence, exercise, judged
from harness.oracles.bank import Truth
from harness.oracles.finite_difference import Slope, slopes
from harness.properties import agreement
from harness.wire import Failure
from harness.worker.session import Ended, Outcome, Result
from harness.worker.workbench import Workbench

Array = np.ndarray[Any, Any]

CHAIN_TOLERANCE = 1e-8
"""Relative to the largest element: a chain of the student's own steps makes the same roundings, or nearly."""
FEW = 6
"""Cases on which slopes are taken."""


class Slopes(msgspec.Struct, frozen=True):
    """Slopes of the student's own forward function, and its own backward function's results on the same cases."""

    truths: tuple[Truth, ...]
    found: list[list[Slope]]
    outcomes: list[Outcome]

    def agreeing(self, tensor: str) -> tuple[int, int]:
        """On how many cases the tensor is the derivative of the forward function, of how many that returned."""
        returned = [(s, o) for s, o in zip(self.found, self.outcomes, strict=True) if isinstance(o, Result)]
        return sum(_agrees(tensor, s, o) for s, o in returned), len(returned)

    def depends_on_everything(self) -> bool:
        """Whether the forward function depends on every input that is differentiated."""
        largest: dict[str, float] = {}
        for slope in (s for case in self.found for s in case):
            largest[slope.tensor] = max(largest.get(slope.tensor, 0.0), abs(slope.value) - 32 * slope.uncertainty)
        return bool(largest) and min(largest.values()) > 1e-12


class Credit(msgspec.Struct, frozen=True):
    """Tensors that are wrong only because of another entry point, and the sentence that says why."""

    culprit: str
    tensors: frozenset[str]
    why: str


def take_slopes(bench: Workbench, entry: EntryPoint, truths: Sequence[Truth], few: int = FEW) -> Slopes | None:
    """Slopes on a few ordinary cases; None when the forward function cannot be run on them."""
    chosen = ordinary(truths)[-few:]
    found = slopes(bench.run, entry, bench.assignment.group(entry.group), chosen)
    if found is None:
        return None
    variant = "/own" if entry.given else ""
    outcomes = bench.run([exercise(bench.assignment, entry, t, variant) for t in chosen])
    return Slopes(tuple(chosen), found, outcomes) if len(outcomes) == len(chosen) else None


def ordinary(truths: Sequence[Truth]) -> list[Truth]:
    """A few cases of plain features, those whose smallest dimension is largest: where it is 1, much cannot show."""
    plain = [t for t in truths if not set(t.case.features) - {"upstream", "layout", "mask", "markers"}]
    return sorted(plain, key=lambda t: min(t.case.dims.values()))[-FEW:]


@stopwatch.phase("diagnosis")
def credits(bench: Workbench, evidence: Evidence, known: Mapping[str, Evidence], taken: Slopes | None) -> list[Credit]:
    """Every way in which failed tensors are explained by another entry point that failed."""
    entry, found = evidence.entry, []
    failed = {t.name for t in entry.tensors if evidence.tensor_status(t.name) in ("fail", "error")}
    forward = known.get(entry.forward)
    culprit = next((e for e in _chained_from(entry, known) if e.failed), None)
    if failed and culprit is not None:
        found.append(_chain(bench, evidence, culprit, failed))
    if failed and forward is not None and forward.failed and entry.fixed_cache:
        found.append(_with_cache(bench.assignment, bench, evidence, failed))
    if failed and forward is not None and forward.failed and taken is not None:
        found.append(_own_forward(entry, taken, failed))
    return [credit for credit in found if credit.tensors]


def _chained_from(entry: EntryPoint, known: Mapping[str, Evidence]) -> list[Evidence]:
    """Evidence about the entry points a chain is made of, each followed by its forward function."""
    parts = [known[name] for name in (entry.step, *entry.built_on) if name in known]
    return [known[n] for part in parts for n in (part.entry.name, part.entry.forward) if n in known]


def _own_forward(entry: EntryPoint, taken: Slopes, failed: set[str]) -> Credit:
    """A right backward of a wrong forward, if that forward depends on every input differentiated."""
    depends = taken.depends_on_everything()
    right = {name for name in failed if depends and taken.agreeing(name)[0] == len(taken.truths)}
    own = f"your own {entry.forward}" if entry.forward != entry.name else "your own loss"
    return Credit(entry.forward, frozenset(right), f"it is the right derivative of {own}, which is wrong")


def _with_cache(assignment: Assignment, bench: Workbench, evidence: Evidence, failed: set[str]) -> Credit:
    """A backward function that is right when it gets a cache as the handout prints it."""
    entry, truths = evidence.entry, evidence.truths
    outcomes = bench.run([exercise(assignment, entry, t, "/fixed_cache") for t in truths])
    right: set[str] = set()
    if len(outcomes) == len(truths) and not any(isinstance(o, Ended) for o in outcomes):
        verdicts = judged(assignment, entry, truths, outcomes)
        right = {n for n in failed if agreement.tensor_status(verdicts[n]) in ("pass", "precision")}
    return Credit(
        entry.forward,
        frozenset(right),
        f"it is right when its cache is made as the handout prints it, not by your {entry.forward}",
    )


def _chain(bench: Workbench, evidence: Evidence, culprit: Evidence, failed: set[str]) -> Credit:
    """An entry point that equals the student's own step function, chained, on every case.

    The culprit is that step function; or its forward function, when the step is right and what it is fed is not.
    """
    entry = evidence.entry
    pairs = [
        (t, o)
        for t, o in zip(evidence.truths, evidence.outcomes, strict=False)
        if o is not None and not isinstance(o, Ended)
    ]
    chained = bench.run([exercise(bench.assignment, entry, t, "/chained") for t, _ in pairs]) if pairs else []
    right: set[str] = set()
    if pairs and len(chained) == len(pairs):
        right = {
            tensor.name
            for tensor in entry.tensors
            if tensor.name in failed
            and all(
                _equal(entry, part_names(tensor.name, tensor.per_layer, t.case.dims), t, mine, other)
                for (t, mine), other in zip(pairs, chained, strict=True)
            )
        }
    what = f"equals your own {entry.step}, chained" if entry.step else "is what your own functions give, put together"
    return Credit(culprit.entry.name, frozenset(right), f"it {what}; the mistake is in {culprit.entry.name}")


def _equal(entry: EntryPoint, names: Sequence[str], truth: Truth, mine: Outcome, other: Outcome) -> bool:
    """Whether both gave the same numbers, or both raised the same kind of exception: any kind, where different
    functions are put together in a way that is not the student's. Raising where the step's results have wrong shapes
    is the step's doing, too."""
    if isinstance(mine, Failure) and isinstance(other, Failure):
        return mine.kind == other.kind or not entry.step
    whole = assembled(other.arrays) if isinstance(other, Result) else {}
    if isinstance(mine, Failure) and entry.step:
        return any(_misshapen(name, whole, truth.expected[name].shape) for name in names)
    if not isinstance(mine, Result) or not isinstance(other, Result):
        return False
    return all(
        name in mine.arrays and name in whole and _close(mine.arrays[name], whole[name], truth.allowed[name])
        for name in names
    )


def _misshapen(name: str, chained: dict[str, Array], shape: tuple[int, ...]) -> bool:
    """Whether a chain gave the array in another shape, or pieces that cannot be put together."""
    if name in chained:
        return bool(chained[name].shape != shape)
    return any(piece.startswith(f"{name}[") for piece in chained)


def _close(mine: Array, chained: Array, allowed: Array) -> bool:
    """Equal but for rounding; a shape that is wrong in the step is wrong in the chain."""
    if mine.shape != chained.shape:
        return False
    slack = CHAIN_TOLERANCE * float(np.max(np.abs(chained[np.isfinite(chained)]), initial=0.0))
    with np.errstate(invalid="ignore"):
        near = np.abs(mine - chained) <= slack + (allowed if allowed.shape == mine.shape else 0.0)
    return bool(np.all(near | (np.isnan(mine) & np.isnan(chained))))


_PIECE = re.compile(r"(\w+)\[(:, )?(\d+)\]")


def assembled(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """A driver returns a chain's results in pieces, `h[:, 0]` or `dh_0[1]`: here they are put together, where their
    shapes let them."""
    whole = dict(arrays)
    pieces: dict[tuple[str, int], list[tuple[int, Array]]] = {}
    for name in arrays:
        match = _PIECE.fullmatch(name)
        if match:
            pieces.setdefault((match[1], 1 if match[2] else 0), []).append((int(match[3]), arrays[name]))
    for (name, axis), found in pieces.items():
        parts = [array for _, array in sorted(found, key=lambda item: item[0])]
        if len({p.shape for p in parts}) == 1 and axis <= parts[0].ndim:
            whole[name] = np.stack(parts, axis=axis)
    return whole


def _agrees(tensor: str, found: Sequence[Slope], outcome: Outcome) -> bool:
    """Whether a result has every slope found for the tensor."""
    if not isinstance(outcome, Result):
        return False
    mine = [slope for slope in found if slope.tensor == tensor]
    return bool(mine) and all(_has_parts(slope, outcome) and slope.agrees(outcome.arrays) for slope in mine)


def _has_parts(slope: Slope, outcome: Result) -> bool:
    arrays = outcome.arrays
    return all(
        part in arrays and arrays[part].shape == v.shape and bool(np.all(np.isfinite(arrays[part])))
        for part, v in slope.direction.items()
    )
