"""One drawn input as plain data, and the arrays it stands for."""

from __future__ import annotations

import math
import zlib
from typing import Any, Literal

import msgspec
import numpy as np

from harness.assignments.contract import Group, Input, part_shapes

Array = np.ndarray[Any, Any]

Scale = Literal["ordinary", "tiny", "saturating"]
State = Literal["random", "zero", "absent"]
Upstream = Literal["dense", "one_step", "last_step"]
Layout = Literal["C", "F", "strided", "read_only"]

DATA_SCALE: dict[str, float] = {"ordinary": 1.0, "tiny": 1e-3, "saturating": 2.5}
WEIGHT_SCALE: dict[str, float] = {"ordinary": 1.0, "tiny": 1e-2, "saturating": 1.5}
"""Saturating inputs lead to pre-activations up to about 20, where tanh is 1 to the last digit but one. Formulas that
are right there can overflow far beyond, as 4 exp(2a) / (exp(2a) + 1)^2 does in float32 from a = 22 on."""


class Case(msgspec.Struct, frozen=True):
    """Dimensions and features of one input; `seed` fixes its numbers.

    `upstream_exponent` scales the upstream gradient by a power of ten, from -6 to 6.
    """

    dims: dict[str, int]
    scale: Scale = "ordinary"
    state: State = "random"
    upstream: Upstream = "dense"
    upstream_exponent: int = 0
    layout: Layout = "C"
    dtype: str = "float64"
    seed: int = 0
    tidy: bool = False
    """Whether every number is a multiple of 1/16, never zero: short to read in a counterexample."""

    @property
    def features(self) -> dict[str, str]:
        """The features that are not the plain ones, in words."""
        plain = Case(dims=self.dims)
        names = ("scale", "state", "upstream", "upstream_exponent", "layout", "dtype")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name) != getattr(plain, name)}

    def complexity(self) -> tuple[int, int, int, int]:
        """Sorts cases simplest first: by size, then by features, then by seed."""
        return math.prod(self.dims.values()), sum(self.dims.values()), len(self.features), self.seed


def normal_form(case: Case, group: Group) -> Case:
    """The case without features that mean nothing in this group (no time axis, no optional state), in its order."""
    optional = any(i.optional for i in group.inputs)
    return msgspec.structs.replace(
        case,
        dims={name: case.dims[name] for name in group.dims},
        upstream=case.upstream if has_time(group) else "dense",
        state="zero" if case.state == "absent" and not optional else case.state,
    )


def has_time(group: Group) -> bool:
    """Whether the group's upstream gradients have a time axis."""
    return any("T" in i.dims for i in group.inputs if i.role == "upstream")


def inputs(case: Case, group: Group) -> dict[str, Array]:
    """The case's arrays by name, in its dtype; every number is one that float32 can represent.

    A state that the case leaves out is here as zeros; `sent` drops it.
    """
    arrays = {}
    for item in group.inputs:
        for name, shape in part_shapes(item, case.dims).items():
            exact = _fill(item, name, shape, case)
            exact = (_tidy(exact) if case.tidy else exact).astype(np.float32)
            arrays[name] = exact.astype(case.dtype)
    return arrays


def sent(case: Case, group: Group, arrays: dict[str, Array]) -> dict[str, Array]:
    """The arrays that are passed to the student's code: without the states the case leaves out."""
    absent = {i.name for i in group.inputs if i.optional} if case.state == "absent" else set()
    return {name: array for name, array in arrays.items() if name not in absent}


def _fill(item: Input, name: str, shape: tuple[int, ...], case: Case) -> Array:
    """Numbers for one array. Weights are scaled by their size, so that states neither die nor explode."""
    rng = np.random.Generator(np.random.PCG64([case.seed, zlib.crc32(name.encode())]))
    noise = rng.standard_normal(shape)
    if item.role == "data":
        return noise * DATA_SCALE[case.scale]
    if item.role == "weight":
        return noise * (WEIGHT_SCALE[case.scale] * rng.uniform(0.4, 1.6) / math.sqrt(max(shape)))
    if item.role == "bias":
        return noise * (0.5 * WEIGHT_SCALE[case.scale])
    if item.role == "state":
        return np.tanh(noise) if case.state == "random" else np.zeros(shape)
    return noise * 10.0**case.upstream_exponent * _pattern(item, shape, case)


def _tidy(numbers: Array) -> Array:
    sixteenths = np.round(numbers * 16)
    return np.where((sixteenths == 0) & (numbers != 0), np.sign(numbers), sixteenths) / 16


def _pattern(item: Input, shape: tuple[int, ...], case: Case) -> Array:
    """Ones where the upstream gradient is not zero; shape broadcasts against it."""
    if case.upstream == "dense" or "T" not in item.dims:
        return np.ones((1,) * len(shape))
    axis = item.dims.index("T")
    steps = shape[axis]
    chosen = steps - 1 if case.upstream == "last_step" else case.seed % steps
    mask = np.zeros([steps if a == axis else 1 for a in range(len(shape))])
    mask[tuple(chosen if a == axis else 0 for a in range(len(shape)))] = 1.0
    return mask
