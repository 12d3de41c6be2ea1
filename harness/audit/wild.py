"""Cases far beyond what anybody is graded on: long sequences, states that saturate or die, huge and tiny numbers."""

from __future__ import annotations

import numpy as np

from harness.assignments.contract import Assignment, Group
from harness.cases.case import Case, State, normal_form, number

LONGEST, WIDEST, MOST_SAMPLES = 200, 32, 8
ONE_IN = 5
"""How often sizes go that far; else magnitudes alone are wild, and sizes as in grading: loops in Python are slow."""
LONGEST_RECTIFIED = 15
"""A rectifier does not saturate: after more steps its numbers leave the range of float32."""


def cases(assignment: Assignment, group: Group, seed_text: str, count: int) -> list[Case]:
    """`count` cases of both precisions, fixed by the seed: sizes log-uniform, everything else uniform."""
    rng = np.random.Generator(np.random.PCG64(number(seed_text, assignment.id, group.name, "wild")))
    return [_drawn(rng, group) for _ in range(count)]


def _drawn(rng: np.random.Generator, group: Group) -> Case:
    far = rng.integers(ONE_IN) == 0
    states: tuple[State, ...] = ("random", "zero", "absent")  # absent means zero where a state is not optional
    drawn = Case(
        dims={n: _size(rng, low, _highest(n, high, group) if far else high) for n, (low, high) in group.dims.items()},
        scale="wild",
        state=states[rng.integers(len(states))],
        upstream=("dense", "last_step", "one_step")[rng.integers(3)],
        upstream_exponent=int(rng.integers(-6, 7)),
        kink=bool(group.has("rectified") and rng.random() < 0.1),
        mask=("random", "all", "none")[rng.integers(3)],
        markers=("first", "shuffled")[rng.integers(2)],
        layout=("C", "F", "strided", "read_only")[rng.integers(4)],
        dtype=("float64", "float32")[rng.integers(2)],
        seed=int(rng.integers(2**16)),
    )
    return normal_form(drawn, group)


def _highest(name: str, high: int, group: Group) -> int:
    """How large a dimension may be. Layers stay few, and what is always 1 stays so."""
    if high == 1 or name == "L":
        return high
    if name in ("T", "S"):
        return LONGEST_RECTIFIED if group.has("rectified") else LONGEST
    return MOST_SAMPLES if name == "N" else WIDEST


def _size(rng: np.random.Generator, low: int, high: int) -> int:
    return int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))
