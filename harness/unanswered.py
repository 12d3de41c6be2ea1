"""Assignments without an answer key yet: a submission's own results stand in for the right ones.

Then nothing says whether a result is right; but every relation between several runs, every behaviour and the slopes of
the submission's own forward function can still be judged, and they are. What they need is how far two results may be
apart that would be equal without rounding. An answer key carries a bound for that; here it is measured:

    allowed = 4 (max |f(x̃) - f(x)| + √u max |f(x)|),    x̃ = x (1 ± √u),    u the unit roundoff,

over a tensor. A forward error is about a condition number times a backward error (Higham, Accuracy and Stability,
section 1.6), and f(x̃) shows the condition. With √u for u, right code has a factor of 10^8 (float64) to spare, and a
mistake still stands out by as much: it changes some digit of the first few.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import EntryPoint, Group, part_shapes
from harness.evidence import Evidence, exercise
from harness.oracles.allowances import THRESHOLD, UNIT
from harness.oracles.bank import Truth
from harness.properties.agreement import CaseVerdict
from harness.worker.session import Outcome, Result
from harness.worker.workbench import Exercise, Workbench

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]

EXACT = frozenset({"one_hot"})
"""Roles of numbers that mean something only as they are."""
NOTE = (
    "this assignment has no answer key yet: what can be judged is how results of several runs are related, "
    "and whether gradients are those of the submission's own forward functions"
)


def given(entry: EntryPoint, truths: Sequence[Truth], forward: Evidence | None) -> list[Truth]:
    """The cases, with the results that are passed in taken from the submission's own forward function."""
    outcomes = forward.outcomes if forward is not None else ()
    own = [o.arrays if isinstance(o, Result) else {} for o in outcomes] or [{} for _ in truths]
    return [
        msgspec.structs.replace(t, expected={n: arrays[n] for n in entry.given if n in arrays})
        for t, arrays in zip(truths, own, strict=True)
    ]


def own_truths(
    bench: Workbench, entry: EntryPoint, truths: Sequence[Truth], outcomes: Sequence[Outcome | None]
) -> list[Truth]:
    """The cases, with the submission's own results for the right ones, and what rounding may change of them."""
    returned = [i for i, o in enumerate(outcomes) if isinstance(o, Result)]
    group = bench.assignment.group(entry.group)
    moved = bench.run([_moved(exercise(bench.assignment, entry, truths[i]), group) for i in returned])
    beside = dict(zip(returned, moved, strict=False))
    return [_own(entry, t, o, beside.get(i)) for i, (t, o) in enumerate(zip(truths, outcomes, strict=True))]


def unjudged(verdicts: Mapping[str, tuple[CaseVerdict, ...]]) -> dict[str, tuple[CaseVerdict, ...]]:
    """Verdicts of results compared with themselves: where nothing is wrong with their form, there is none."""
    return {
        name: tuple(msgspec.structs.replace(v, status="not_judged") if v.status == "pass" else v for v in found)
        for name, found in verdicts.items()
    }


def _moved(run: Exercise, group: Group) -> Exercise:
    """The same run with every number moved a little, up or down."""
    fixed = group.whole | {i.name for i in group.inputs if i.role in EXACT}
    arrays = {n: a if n in fixed or a.dtype.kind != "f" else _nudged(n, a, run.seed) for n, a in run.arrays.items()}
    return msgspec.structs.replace(run, arrays=arrays)


def _nudged(name: str, array: Array, seed: int) -> Array:
    signs = np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode()), 1])).integers(0, 2, array.shape)
    return np.asarray(array * (1.0 + (2 * signs - 1) * math.sqrt(UNIT[array.dtype.name]))).astype(array.dtype)


def _own(entry: EntryPoint, truth: Truth, outcome: Outcome | None, beside: Outcome | None) -> Truth:
    expected, allowed = dict(truth.expected), {}
    root = math.sqrt(UNIT[truth.case.dtype])
    for tensor in entry.tensors:
        for name, shape in part_shapes(tensor, truth.case.dims).items():
            mine, other = (_array(o, name, shape) for o in (outcome, beside))
            value = np.zeros(shape) if mine is None else mine
            change = 0.0 if other is None else float(np.max(np.abs(other - value), initial=0.0))
            expected[name] = value
            allowed[name] = np.full(shape, THRESHOLD * (change + root * float(np.max(np.abs(value), initial=0.0))))
    return msgspec.structs.replace(truth, expected=expected, allowed=allowed)


def _array(outcome: Outcome | None, name: str, shape: tuple[int, ...]) -> Array | None:
    """A result that is of the form the contract asks for."""
    found = outcome.arrays.get(name) if isinstance(outcome, Result) else None
    if found is None or found.shape != shape or found.dtype.kind not in "fiub" or not np.all(np.isfinite(found)):
        return None
    return np.asarray(found, dtype=None if found.dtype.kind in "iub" else np.float64)
