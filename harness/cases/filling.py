"""The arrays a case stands for: numbers by role, from a seeded generator."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from harness.assignments.contract import WHOLE, Group, Input, part_shapes
from harness.cases.case import Case

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]

DATA_SCALE: dict[str, float] = {"ordinary": 1.0, "tiny": 1e-3, "saturating": 2.5}
WEIGHT_SCALE: dict[str, float] = {"ordinary": 1.0, "tiny": 1e-2, "saturating": 1.5}
"""Saturating inputs lead to pre-activations up to about 20, where tanh is 1 to the last digit but one. Formulas that
are right there can overflow far beyond, as 4 exp(2a) / (exp(2a) + 1)^2 does in float32 from a = 22 on."""
WILD_DATA, WILD_WEIGHT = (-3.0, 2.0), (-2.0, 1.0)
"""Powers of ten between which a wild case's data and weights lie: far beyond what anybody is graded on."""
SPREAD = 15.0
"""Scores of one row differ by at most twice this: beyond some 700 a softmax's smallest probability is 0, and the loss a
handout prints, the log of it, infinite."""
OFFSET = 1000.0
"""How far a whole row of scores may lie from zero: a softmax does not change, and its exponentials overflow."""


def inputs(case: Case, group: Group) -> dict[str, Array]:
    """The case's arrays by name, in its dtype; every number is one that float32 can represent.

    A state that the case leaves out is here as zeros; `sent` drops it.
    """
    return {
        name: _filled(item, name, shape, case)
        for item in group.inputs
        for name, shape in part_shapes(item, case.dims).items()
    }


def sent(case: Case, group: Group, arrays: dict[str, Array]) -> dict[str, Array]:
    """The arrays that are passed to the student's code: without the states the case leaves out."""
    if case.state != "absent":
        return dict(arrays)
    absent = {i.name for i in group.inputs if i.optional}
    return {name: array for name, array in arrays.items() if name not in absent}


def _filled(item: Input, name: str, shape: Shape, case: Case) -> Array:
    rng = np.random.Generator(np.random.PCG64([case.seed, zlib.crc32(name.encode())]))
    if item.role in WHOLE:
        return _WHOLE_NUMBERS[item.role](rng, item, shape, case)
    numbers = np.asarray(_NUMBERS[item.role](rng, item, shape, case))
    return (_tidy(numbers) if case.tidy else numbers).astype(np.float32).astype(case.dtype)


Filler = Callable[[np.random.Generator, Input, Shape, Case], Array]


def _data_scale(case: Case) -> float:
    return _wild(case, WILD_DATA, 1) if case.scale == "wild" else DATA_SCALE[case.scale]


def _weight_scale(case: Case) -> float:
    return _wild(case, WILD_WEIGHT, 2) if case.scale == "wild" else WEIGHT_SCALE[case.scale]


def _wild(case: Case, exponents: tuple[float, float], which: int) -> float:
    """A power of ten that the seed alone decides: the same for all data, and for all weights, of a case."""
    return float(10.0 ** np.random.Generator(np.random.PCG64([case.seed, which, 10])).uniform(*exponents))


def _data(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    return np.asarray(rng.standard_normal(shape)) * _data_scale(case)


def _rectified(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """Like data; with a kink, single numbers are zero, and so are about half of those in a list."""
    kept = np.asarray(rng.random(shape) < 0.5) if shape else np.False_
    return _data(rng, item, shape, case) * (kept if case.kink else 1.0)


def _weight(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """Scaled by their size, so that states neither die nor explode."""
    noise = np.asarray(rng.standard_normal(shape))
    return noise * (_weight_scale(case) * rng.uniform(0.4, 1.6) / math.sqrt(max(shape, default=1)))


def _bias(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    return np.asarray(rng.standard_normal(shape)) * (0.5 * _weight_scale(case))


def _state(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    return np.tanh(rng.standard_normal(shape)) if case.state == "random" else np.zeros(shape)


def _upstream(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    noise = np.asarray(rng.standard_normal(shape))
    return noise * 10.0**case.upstream_exponent * _pattern(item, shape, case)


def _scores(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """Rows of scores along the last axis; where they saturate, whole rows lie far from zero."""
    noise = np.asarray(rng.standard_normal(shape))
    if case.scale in DATA_SCALE and case.scale != "saturating":
        return noise * DATA_SCALE[case.scale]
    return np.clip(8.0 * noise, -SPREAD, SPREAD) + rng.uniform(-OFFSET, OFFSET, (*shape[:-1], 1))


def _one_hot(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """Rows with a single one."""
    return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]


def _stochastic(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """Rows of positive numbers that add up to one; where they are to be tidy, sixteenths."""
    if case.tidy and shape[-1] <= 16:
        return (1.0 + rng.multinomial(16 - shape[-1], [1 / shape[-1]] * shape[-1], shape[:-1])) / 16
    positive = np.exp(np.asarray(rng.standard_normal(shape)))
    return np.asarray(positive / positive.sum(axis=-1, keepdims=True))


_NUMBERS: dict[str, Filler] = {
    "data": _data,
    "rectified": _rectified,
    "state": _state,
    "weight": _weight,
    "bias": _bias,
    "upstream": _upstream,
    "scores": _scores,
    "one_hot": _one_hot,
    "stochastic": _stochastic,
}


def _index(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    return rng.integers(0, case.dims[item.below], shape)


def _mask(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    if case.mask == "random":
        return rng.random(shape) < 0.6
    return np.full(shape, case.mask == "all")


def _choice(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """Truth values that the seed alone decides: which of two right ways of calling is taken."""
    return np.asarray(rng.random(shape) < 0.5)


def _markers(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """The numbers of the special words <NULL>, <START>, <END>."""
    return np.arange(3) if case.markers == "first" else _places(case)


def _places(case: Case) -> Array:
    """Three different numbers below the size of the vocabulary."""
    return np.random.Generator(np.random.PCG64([case.seed, 3])).permutation(case.dims["V"])[:3]


def _words(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """Captions: <START>, words, and where there is room <END> and then <NULL>s."""
    null, start, end = _markers(rng, item, (3,), case)
    words = rng.integers(0, case.dims[item.below], shape)
    words[:, 0] = start
    for row, length in zip(words, rng.integers(1, shape[1] + 2, shape[0]), strict=True):
        row[length:] = null
        row[length : length + 1] = end
    return words


def _count(rng: np.random.Generator, item: Input, shape: Shape, case: Case) -> Array:
    """The size of a dimension, as an argument of its own."""
    return np.asarray(case.dims[item.below])


_WHOLE_NUMBERS: dict[str, Filler] = {
    "index": _index,
    "mask": _mask,
    "markers": _markers,
    "words": _words,
    "choice": _choice,
    "count": _count,
}


def _tidy(numbers: Array) -> Array:
    """Multiples of 1/16; what is not zero stays so."""
    sixteenths = np.round(numbers * 16)
    return np.asarray(np.where((sixteenths == 0) & (numbers != 0), np.sign(numbers), sixteenths) / 16)


def _pattern(item: Input, shape: Shape, case: Case) -> Array:
    """Ones where the upstream gradient is not zero; shape broadcasts against it."""
    if case.upstream == "dense" or "T" not in item.dims:
        return np.ones((1,) * len(shape))
    axis = item.dims.index("T")
    steps = shape[axis]
    chosen = steps - 1 if case.upstream == "last_step" else case.seed % steps
    mask = np.zeros([steps if a == axis else 1 for a in range(len(shape))])
    mask[tuple(chosen if a == axis else 0 for a in range(len(shape)))] = 1.0
    return mask
