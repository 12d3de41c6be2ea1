"""Compares one array with the right one, and finds the element that is worst."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from harness.oracles.allowances import undecidable
from harness.report import Element

Array = np.ndarray[Any, Any]

TINY, LARGEST = float(np.finfo(np.float64).tiny), float(np.finfo(np.float64).max)
"""What is allowed counts as no less than the one. The other is the ratio of a number that is wrong where nothing is
allowed: integers. Infinity is left to what is no number."""


class Comparison(msgspec.Struct, frozen=True):
    """How far an array is from the right one, in multiples of what is allowed; `trouble`: why it has no distance."""

    ratio: float = 0.0
    mismatched: int = 0
    elements: int = 0
    trouble: str = ""
    undecidable: bool = False

    @property
    def passes(self) -> bool:
        """Whether every element is within what is allowed."""
        return not self.trouble and self.ratio <= 1.0


def compare(actual: Array, expected: Array, allowed: Array, dtype: str = "float64") -> Comparison:
    """Compare element by element. Shapes must be equal; what is not a number differs from everything. `dtype` is what
    was computed in."""
    if actual.shape != expected.shape:
        return Comparison(trouble=f"has shape {actual.shape}, expected {expected.shape}")
    if actual.dtype.kind == "c":
        return Comparison(trouble="is complex, expected real numbers")
    if expected.size == 0:
        return Comparison()
    ratios = _ratios(actual, expected, allowed)
    ratio = float(ratios.max())
    if ratio <= 1.0:
        return Comparison(ratio, 0, expected.size, undecidable=undecidable(expected, allowed, dtype))
    return Comparison(ratio, int((ratios > 1.0).sum()), expected.size)


def _ratios(actual: Array, expected: Array, allowed: Array) -> Array:
    with np.errstate(all="ignore"):
        ratios: Array = np.abs(actual.astype(np.float64) - expected) / np.maximum(allowed, TINY)
    if not ratios.max() <= LARGEST:  # something is no number, or infinite
        ratios = np.where(np.isfinite(actual), np.minimum(ratios, LARGEST), np.inf)
    return ratios


def merge(parts: dict[str, Comparison]) -> tuple[str, Comparison]:
    """The worst of a tensor's parts, by name, with the counts of all of them."""
    name = max(parts, key=lambda n: (bool(parts[n].trouble), parts[n].ratio))
    worst = parts[name]
    return name, msgspec.structs.replace(
        worst,
        mismatched=sum(p.mismatched for p in parts.values()),
        elements=sum(p.elements for p in parts.values()),
        undecidable=worst.passes and all(p.undecidable for p in parts.values()),
    )


def element(name: str, actual: Array, expected: Array, allowed: Array, hide: bool) -> Element:
    """The worst element in words: where it is, what came, what was expected, what rounding allows."""
    ratios = _ratios(actual, expected, allowed)
    at = tuple(int(i) for i in np.unravel_index(int(ratios.argmax()), ratios.shape))
    index = f"{name}[{', '.join(map(str, at))}]" if at else name
    if hide:
        return Element(index, _number(actual[at]))
    return Element(index, _number(actual[at]), _number(expected[at]), f"±{float(allowed[at]):.1e}")


def _number(value: Any) -> str:
    return f"{float(value):.10g}"
