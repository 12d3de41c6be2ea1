"""The second oracle: derivatives of the student's own forward function along random directions.

A complex step where the forward carries complex numbers: Im f(x + ih v)/h has no cancellation (Squire and Trapp, SIAM
Review 40, 1998), so h can be 1e-30. Richardson extrapolation of central differences where it does not.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import EntryPoint, Group, Tensor, part_names
from harness.oracles.bank import Truth
from harness.worker.session import Outcome, Result
from harness.worker.workbench import Exercise

Array = np.ndarray[Any, Any]
Run = Callable[[Sequence[Exercise]], list[Outcome]]

DIRECTIONS = 2
COMPLEX_STEP = 1e-30
REAL_STEP = 1e-3
COARSE = 1e-3
"""Relative agreement asked of complex step and central difference; an `abs` in a forward breaks the former silently."""
SAFETY = 32.0
"""Multiple of Richardson's own error estimate that is allowed for: with it no right program of 5,000 differed."""
RELATIVE = 1e-7
"""Agreement asked relative to the sum of magnitudes. Measured medians are 2e-16 (complex) and 3e-12 (Richardson)."""


class Slope(msgspec.Struct, frozen=True):
    """The derivative of the objective along one direction in one input, in the tensor's reduction."""

    tensor: str
    direction: dict[str, Array]
    """For every part of the tensor (`dW_ih[0]`, …) the direction in the input it is the gradient of."""
    value: float
    uncertainty: float
    divisor: int

    def agrees(self, gradients: Mapping[str, Array]) -> bool:
        """Whether a gradient has this slope along this direction."""
        terms = [np.sum(v * gradients[part]) for part, v in self.direction.items()]
        sizes = [np.sum(np.abs(v * gradients[part])) for part, v in self.direction.items()]
        expected = self.value / self.divisor
        allowed = RELATIVE * (sum(sizes) + abs(expected)) + SAFETY * self.uncertainty / self.divisor
        return bool(abs(sum(terms) - expected) <= allowed)


def slopes(run: Run, entry: EntryPoint, group: Group, truths: Sequence[Truth]) -> list[list[Slope]] | None:
    """For every case, slopes for every tensor of a backward entry point; None when the forward cannot be run."""
    plans = [_plan(entry, t) for t in truths]
    exact = _by_complex_step(run, entry, group, truths, plans)
    return exact if exact is not None else _by_richardson(run, entry, group, truths, plans)


class _Direction(msgspec.Struct, frozen=True):
    tensor: Tensor
    inputs: dict[str, Array]
    parts: dict[str, Array]


def _plan(entry: EntryPoint, truth: Truth) -> list[_Direction]:
    directions = []
    for tensor in (t for t in entry.tensors if t.wrt):
        names = part_names(tensor.name, tensor.per_layer, truth.case.dims)
        sources = part_names(tensor.wrt, tensor.per_layer, truth.case.dims)
        for number in range(DIRECTIONS):
            rng = np.random.Generator(np.random.PCG64([truth.case.seed, number, zlib.crc32(tensor.name.encode())]))
            along: dict[str, Array] = {s: np.asarray(rng.standard_normal(truth.inputs[s].shape)) for s in sources}
            parts = {name: along[source] for name, source in zip(names, sources, strict=True)}
            directions.append(_Direction(tensor, along, parts))
    return directions


def _by_complex_step(
    run: Run, entry: EntryPoint, group: Group, truths: Sequence[Truth], plans: list[list[_Direction]]
) -> list[list[Slope]] | None:
    exercises: list[Exercise] = []
    checks: list[Exercise] = []
    for truth, plan in zip(truths, plans, strict=True):
        exercises += [_exercise(entry, group, truth, direction, 1j * COMPLEX_STEP) for direction in plan]
        checks += [_exercise(entry, group, truth, plan[0], step) for step in (REAL_STEP, -REAL_STEP)]
    outcomes = run([*exercises, *checks])
    values = [_objective(group, t, o) for t, o in zip(_owners(truths, plans), outcomes, strict=False)]
    if len(outcomes) < len(exercises) + len(checks) or not all(isinstance(v, complex) for v in values):
        return None
    found, start = [], 0
    for number, (truth, plan) in enumerate(zip(truths, plans, strict=True)):
        derivatives = [v.imag / COMPLEX_STEP for v in values[start : start + len(plan)] if v is not None]
        start += len(plan)
        if not _plausible(group, truth, outcomes[len(exercises) + 2 * number :][:2], derivatives[0]):
            return None
        found.append([_slope(d, value, 0.0, truth) for d, value in zip(plan, derivatives, strict=True)])
    return found


def _plausible(group: Group, truth: Truth, pair: list[Outcome], derivative: float) -> bool:
    plus, minus = (_objective(group, truth, outcome) for outcome in pair)
    if plus is None or minus is None:
        return False
    coarse = (plus.real - minus.real) / (2 * REAL_STEP)
    upstream = sum(float(np.abs(truth.inputs[u]).sum()) for u in group.upstream)
    scale = abs(coarse) + abs(derivative) + 0.1 * (upstream or 1.0)
    return abs(coarse - derivative) <= COARSE * scale


def _by_richardson(
    run: Run, entry: EntryPoint, group: Group, truths: Sequence[Truth], plans: list[list[_Direction]]
) -> list[list[Slope]] | None:
    steps = (REAL_STEP, -REAL_STEP, REAL_STEP / 2, -REAL_STEP / 2)
    pairs = [(t, d) for t, plan in zip(truths, plans, strict=True) for d in plan]
    outcomes = run([_exercise(entry, group, t, d, step) for t, d in pairs for step in steps])
    values = [_objective(group, t, o) for t, o in zip((t for t, _ in pairs for _ in steps), outcomes, strict=False)]
    if len(values) < len(pairs) * len(steps) or any(v is None for v in values):
        return None
    real = iter([v.real for v in values if v is not None])
    flat = [_extrapolated(d, t, [next(real) for _ in steps]) for t, d in pairs]
    sizes = iter(flat)
    return [[next(sizes) for _ in plan] for plan in plans]


def _extrapolated(direction: _Direction, truth: Truth, values: list[float]) -> Slope:
    wide = (values[0] - values[1]) / (2 * REAL_STEP)
    narrow = (values[2] - values[3]) / REAL_STEP
    value = (4 * narrow - wide) / 3
    rounding = 2.0**-50 * max(map(abs, values)) / REAL_STEP
    return _slope(direction, value, abs(value - narrow) + rounding, truth)


def _slope(direction: _Direction, value: float, uncertainty: float, truth: Truth) -> Slope:
    divisor = truth.case.dims["N"] if direction.tensor.reduction == "mean" else 1
    return Slope(direction.tensor.name, direction.parts, value, uncertainty, divisor)


def _owners(truths: Sequence[Truth], plans: list[list[_Direction]]) -> list[Truth]:
    return [truth for truth, plan in zip(truths, plans, strict=True) for _ in plan]


def _exercise(entry: EntryPoint, group: Group, truth: Truth, direction: _Direction, step: complex) -> Exercise:
    """The forward function on inputs moved by `step`; for a complex step every input but integers becomes complex."""
    dtype = np.complex128 if isinstance(step, complex) else np.float64
    arrays = {name: a if name in group.whole else a.astype(dtype) for name, a in truth.inputs.items()}
    for name, along in direction.inputs.items():
        arrays[name] = arrays[name] + step * along
    return Exercise(entry.forward, arrays, truth.case.seed)


def _objective(group: Group, truth: Truth, outcome: Outcome) -> complex | float | None:
    """The sum of forward results times upstream gradients, or the one result that is differentiated; None where there
    are no numbers of the right shape."""
    if not isinstance(outcome, Result):
        return None
    factors: dict[str, Any] = {name: truth.inputs[upstream] for upstream, name in group.upstream.items()}
    total: Any = 0.0
    for name, factor in (factors or {group.objective: np.ones(())}).items():
        result = outcome.arrays.get(name)
        if result is None or result.shape != factor.shape or not np.all(np.isfinite(result)):
            return None
        total = total + np.sum(result * factor)
    return complex(total) if np.iscomplexobj(total) else float(total)
