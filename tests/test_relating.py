"""Which cases relations between several runs start from: the cheapest that suffice where all agrees with the key."""

from __future__ import annotations

import math
from typing import Any

import pytest

from formulations.in_process import evidence_of, submission_of
from harness import relating
from harness.assignments import registry
from harness.worker.workbench import Exercise
from reference_impls import catalogue

CONTRACT = registry.get("cs231n")


class Listening:
    """A workbench that hears what it is asked to run and returns nothing."""

    assignment = CONTRACT

    def __init__(self) -> None:
        self.asked: list[Exercise] = []

    def run(self, exercises: list[Exercise]) -> list[Any]:
        self.asked += exercises
        return []


def _sizes(source: str) -> set[tuple[int, ...]]:
    """Shapes of x in the runs that all relations about rnn_backward begin with but those that change a dimension."""
    evidence = evidence_of(CONTRACT, CONTRACT.entry_point("rnn_backward"), submission_of(source))
    bench = Listening()
    relating.related(bench, evidence, {}, ("adds_up", "scales", "order_of_samples"))  # type: ignore[arg-type]
    assert bench.asked
    return {exercise.arrays["x"].shape for exercise in bench.asked}


def test_where_all_agrees_one_small_case_without_a_dimension_of_one_suffices() -> None:
    (shape,) = _sizes(catalogue.source("cs231n"))
    assert min(shape) >= 2
    assert math.prod(shape) <= 24


@pytest.mark.parametrize("wrong", ["seq.no_carry", "seq.mean_N"])
def test_where_something_is_wrong_the_smallest_dimension_is_as_large_as_can_be(wrong: str) -> None:
    mistake = next(m for m in catalogue.misconceptions("cs231n") if m.id == wrong)
    shapes = _sizes(catalogue.apply(catalogue.source("cs231n"), mistake))
    assert len(shapes) <= 2
    assert all(min(shape) >= 3 for shape in shapes)
