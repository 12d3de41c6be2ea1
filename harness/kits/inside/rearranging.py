"""In a student's kit, inputs that are arranged otherwise: none, for what is right of them would have to be computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from harness.assignments.contract import Assignment, Group
from harness.oracles.truth import Truth

Array = np.ndarray[Any, Any]
Way = tuple[int, ...]


def rearrangements(group: Group) -> Iterator[Way]:
    """None."""
    return iter(())


def another_order(group: Group, way: Way) -> tuple[str, str, str]:
    """Never asked, as there is no other way."""
    raise LookupError("a kit knows one arrangement")


class Rearranged:
    """Never made, as there is no other way."""

    def __init__(self, assignment: Assignment, group: Group, way: Way) -> None:
        self.way = way

    def answers(self, truth: Truth) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
        """Never asked."""
        raise LookupError("a kit knows one arrangement")
