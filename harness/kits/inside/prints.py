"""Fingerprints of results: one number a tensor, by which a mistake is recognised, and from which nothing follows."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.assignments.contract import Tensor, part_names
from harness.oracles.truth import Truth

Array = np.ndarray[Any, Any]

RELATIVE = {"float64": 1e-7, "float32": 1e-4}
"""How near two fingerprints have to be, relative to the sum of what they are made of: rounding is far below."""


def fingerprint(tensor: Tensor, truth: Truth, arrays: Mapping[str, Array]) -> tuple[float, float] | None:
    """The sum of the tensor's elements, each times a number drawn by its place, and how much was added up.

    None where a part is missing, or has another shape, or holds what is no real number.
    """
    total = size = 0.0
    for name in part_names(tensor.name, tensor.per_layer, truth.case.dims):
        array = arrays.get(name)
        if array is None or array.shape != truth.expected[name].shape or array.dtype.kind == "c":
            return None
        values = array.astype(np.float64)
        if not np.all(np.isfinite(values)):
            return None
        drawn = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode()))).uniform(0.5, 1.5, array.shape)
        total += float(np.sum(drawn * values))
        size += float(np.sum(np.abs(drawn * values)))
    return total, size


def near(one: tuple[float, float], other: float, dtype: str) -> bool:
    """Whether a fingerprint is the other one."""
    return abs(one[0] - other) <= RELATIVE[dtype] * max(one[1], abs(other))
