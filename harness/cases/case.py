"""One drawn input as plain data."""

from __future__ import annotations

import functools
import hashlib
import math
from typing import Literal

import msgspec

from harness.assignments.contract import Group

Scale = Literal["ordinary", "tiny", "saturating", "wild"]
State = Literal["random", "zero", "absent"]
Upstream = Literal["dense", "one_step", "last_step"]
Layout = Literal["C", "F", "strided", "read_only"]
Mask = Literal["random", "none", "all"]
Markers = Literal["first", "shuffled"]
FEATURES = ("scale", "state", "kink", "upstream", "upstream_exponent", "mask", "markers", "layout", "dtype")


class Case(msgspec.Struct, frozen=True, dict=True):
    """Dimensions and features of one input; `seed` fixes its numbers.

    `upstream_exponent` scales the upstream gradient by a power of ten, from -6 to 6.
    """

    dims: dict[str, int]
    scale: Scale = "ordinary"
    state: State = "random"
    upstream: Upstream = "dense"
    upstream_exponent: int = 0
    kink: bool = False
    """Whether what a rectifier receives is zero here and there, exactly where it has two one-sided derivatives."""
    mask: Mask = "random"
    """Which places of a mask are True."""
    markers: Markers = "first"
    """Whether the special words are the first ones of the vocabulary."""
    layout: Layout = "C"
    dtype: str = "float64"
    seed: int = 0
    tidy: bool = False
    """Whether every number is a multiple of 1/16, never zero: short to read in a counterexample."""

    @functools.cached_property
    def features(self) -> dict[str, str]:
        """The features that are not the plain ones, in words."""
        return {name: str(getattr(self, name)) for name, plain in _PLAIN.items() if getattr(self, name) != plain}

    @property
    def ordinary(self) -> bool:
        """Whether its numbers are not tiny, saturating or on a kink on purpose."""
        return self.scale == "ordinary" and not self.kink

    def complexity(self) -> tuple[int, int, int, int]:
        """Sorts cases simplest first: by size, then by features, then by seed."""
        return math.prod(self.dims.values()), sum(self.dims.values()), len(self.features), self.seed


_PLAIN = {name: getattr(Case(dims={}), name) for name in FEATURES}


def normal_form(case: Case, group: Group) -> Case:
    """The case without features that mean nothing in this group (no time axis, no optional state), in its order."""
    optional = any(i.optional for i in group.inputs)
    return msgspec.structs.replace(
        case,
        dims={name: case.dims[name] for name in group.dims},
        upstream=case.upstream if has_time(group) else "dense",
        upstream_exponent=case.upstream_exponent if group.has("upstream") else 0,
        state=("zero" if case.state == "absent" and not optional else case.state) if group.has("state") else "random",
        kink=case.kink and group.has("rectified"),
        mask=case.mask if group.has("mask") else "random",
        markers=case.markers if group.has("markers") else "first",
    )


ENOUGH = 2
"""A dimension of this size is no special case, as one of 1 is."""


def cheapest(dims: dict[str, int], group: Group) -> tuple[int, int]:
    """Sorts cases: first those in which no dimension that could be larger is 1, as there much cannot show, and of those
    the smallest."""
    varied = [dims[name] for name, (_, high) in group.dims.items() if high > 1]
    return -min(min(varied), ENOUGH), math.prod(varied)


def has_time(group: Group) -> bool:
    """Whether the group's upstream gradients have a time axis."""
    return any("T" in i.dims for i in group.inputs if i.role == "upstream")


def number(*texts: str) -> int:
    """A number fixed by some texts: the same on every machine."""
    return int.from_bytes(hashlib.sha256("\0".join(texts).encode()).digest()[:8], "big")
