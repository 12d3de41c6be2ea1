"""Arrays that carry a running error bound through a computation (Higham, Accuracy and Stability, section 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.oracles.allowances import UNIT

Array = np.ndarray[Any, Any]

FLOOR = {"float64": 2.0**-1022, "float32": 2.0**-126}
"""Smallest normal number: below it rounding is absolute, whatever the operation."""
TIE = 8.0
"""Two numbers whose difference is within this multiple of their errors may compare either way: twice what a result may
be away from its value (`harness.oracles.allowances.THRESHOLD`), once for each of them."""


class Tracked(np.lib.mixins.NDArrayOperatorsMixin):
    """A float64 array and, for each element, how far any reasonable evaluation in `dtype` may be from the truth.

    `terms` is of how many terms each element is the sum. Terms may be added in any order: what joins an inner product
    of n terms, as the bias does in x Wx + b, may have been there first, and takes part in n roundings.
    """

    __slots__ = ("dtype", "error", "terms", "value")

    def __init__(self, value: Any, error: Any = None, dtype: str = "float64", terms: int = 1) -> None:
        self.value: Array = np.asarray(value, dtype=np.float64)
        self.error: Array = np.zeros(self.value.shape) if error is None else np.asarray(error, dtype=np.float64)
        self.dtype, self.terms = dtype, terms

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.value.shape)

    @property
    def T(self) -> Tracked:
        """The transposed array."""
        return Tracked(self.value.T, self.error.T, self.dtype, self.terms)

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return self.value.ndim

    def __getitem__(self, key: Any) -> Tracked:
        places, unsure = _places(key)
        return Tracked(self.value[places], self.error[places] + unsure, self.dtype, self.terms)

    def __setitem__(self, key: Any, new: Any) -> None:
        new = _tracked(new, self.dtype)
        self.value[key], self.error[key] = new.value, new.error
        self.terms = max(self.terms, new.terms)

    def __int__(self) -> int:
        return int(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def reshape(self, *shape: Any) -> Tracked:
        """The same numbers in another shape."""
        return Tracked(self.value.reshape(*shape), self.error.reshape(*shape), self.dtype, self.terms)

    def transpose(self, *axes: int) -> Tracked:
        """The same numbers with their axes in another order."""
        return Tracked(self.value.transpose(*axes), self.error.transpose(*axes), self.dtype, self.terms)

    def max(self, axis: Any = None, keepdims: bool = False) -> Tracked:
        """Largest element: whichever it is, it moves by no more than the largest error."""
        value = self.value.max(axis=axis, keepdims=keepdims)
        return Tracked(value, self.error.max(axis=axis, keepdims=keepdims), self.dtype)

    def argmax(self, axis: int) -> Tracked:
        """Place of the largest element; without bound where another one is as large within the errors."""
        best = np.expand_dims(self.value.argmax(axis=axis), axis)
        lead = np.take_along_axis(self.value, best, axis) - self.value
        near = lead <= TIE * (self.error + np.take_along_axis(self.error, best, axis))
        tied = near.sum(axis=axis) > 1
        return Tracked(np.squeeze(best, axis), np.where(tied, np.inf, 0.0), self.dtype)

    def copy(self) -> Tracked:
        """An independent copy."""
        return Tracked(self.value.copy(), self.error.copy(), self.dtype, self.terms)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Tracked:
        """Sum of n terms: the errors add up, and n roundings of the sum of magnitudes come on top."""
        value, error = (part.sum(axis=axis, keepdims=keepdims) for part in (self.value, self.error))
        terms = self.terms * self.value.size // max(1, np.asarray(value).size)
        sizes = np.abs(self.value).sum(axis=axis, keepdims=keepdims)
        return Tracked(value, error + terms * UNIT[self.dtype] * sizes, self.dtype, terms)

    def _add_at(self, key: Any, terms: Tracked) -> None:
        """`np.add.at`: like a sum of as many terms as meet in a place, in any order."""
        count, size = np.ones(self.shape), np.abs(self.value)
        np.add.at(self.value, key, terms.value)
        np.add.at(self.error, key, terms.error)
        np.add.at(size, key, np.abs(terms.value))
        np.add.at(count, key, 1.0)
        self.error += count * UNIT[self.dtype] * size + FLOOR[self.dtype]
        self.terms = max(self.terms, int(count.max(initial=1)))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **options: Any) -> Tracked | None:
        if ufunc is np.add and method == "at" and isinstance(args[0], Tracked):
            args[0]._add_at(args[1], _tracked(args[2], self.dtype))
            return None
        if method != "__call__" or options or ufunc not in _RULES:
            raise TypeError(f"no error bound is known for numpy.{ufunc.__name__} ({method}): add a rule to tracked.py")
        operands = [_tracked(a, self.dtype) for a in args]
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            value, error = _RULES[ufunc](UNIT[self.dtype], *operands)
            # 0 times infinity: nothing is known of what comes after a word that may be another one
            error = np.where(np.isnan(error), np.inf, error) + FLOOR[self.dtype]
            return Tracked(value, error, self.dtype, _terms(ufunc, operands))

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function not in _FUNCTIONS:
            raise TypeError(f"no error bound is known for numpy.{function.__name__}: add a rule to tracked.py")
        return _FUNCTIONS[function](*args, **options)


def _tracked(value: Any, dtype: str) -> Tracked:
    return value if isinstance(value, Tracked) else Tracked(value, None, dtype)


def _places(key: Any) -> tuple[Any, Array]:
    """An index with tracked numbers in it as plain integers, and the error of what stands at unsure places."""
    parts = key if isinstance(key, tuple) else (key,)
    tracked = [part for part in parts if isinstance(part, Tracked)]
    if not tracked:
        return key, np.zeros(())
    plain = tuple(part.value.astype(np.int64) if isinstance(part, Tracked) else part for part in parts)
    return plain if isinstance(key, tuple) else plain[0], tracked[0].error[..., None]


def _terms(ufunc: np.ufunc, operands: Sequence[Tracked]) -> int:
    """Of how many terms a result is the sum."""
    if ufunc in (np.add, np.subtract):
        return sum(operand.terms for operand in operands)
    if ufunc is np.matmul:
        return int(operands[0].value.shape[-1])
    return operands[0].terms if ufunc is np.negative else 1


Bounded = tuple[Array, Array]


def _sum_of(sign: int) -> Callable[[float, Tracked, Tracked], Bounded]:
    def add(u: float, a: Tracked, b: Tracked) -> Bounded:
        # |a| and |b| rather than |a + b|: a student may add the same terms in another order, those of b to a one by one
        sizes = b.terms * np.abs(a.value) + a.terms * np.abs(b.value)
        return a.value + sign * b.value, a.error + b.error + u * sizes

    return add


def _multiply(u: float, a: Tracked, b: Tracked) -> Bounded:
    value = a.value * b.value
    return value, np.abs(a.value) * b.error + np.abs(b.value) * a.error + a.error * b.error + u * np.abs(value)


def _divide(u: float, a: Tracked, b: Tracked) -> Bounded:
    value = a.value / b.value
    return value, (a.error + np.abs(value) * b.error) / (np.abs(b.value) - b.error) + u * np.abs(value)


def _power(u: float, a: Tracked, b: Tracked) -> Bounded:
    if b.value.shape != () or b.value != 2:
        raise TypeError("an error bound is known for squares only: add a rule to tracked.py")
    return _multiply(u, a, a)


def _matmul(u: float, a: Tracked, b: Tracked) -> Bounded:
    """An inner product of n terms makes at most n roundings of the sum of magnitudes, in any order."""
    size_a, size_b = np.abs(a.value), np.abs(b.value)
    error = size_a @ b.error + a.error @ size_b + a.error @ b.error
    return a.value @ b.value, error + a.value.shape[-1] * u * (size_a @ size_b)


def _tanh(u: float, a: Tracked) -> Bounded:
    """The incoming error times the largest derivative on its interval, and 4 units absolute: near 1 the relative
    error of 1 - tanh^2 is without bound, and both 1 - h*h and 1/cosh^2 are right."""
    nearest_zero = np.maximum(np.abs(a.value) - a.error, 0.0)
    return np.tanh(a.value), a.error * (1 - np.tanh(nearest_zero) ** 2) + 4 * u


def _exp(u: float, a: Tracked) -> Bounded:
    """The incoming error times the largest derivative on its interval, and 2 units relative."""
    value = np.exp(a.value)
    return value, value * np.expm1(a.error) + 2 * u * value


def _log(u: float, a: Tracked) -> Bounded:
    """Likewise; near 1 the error of what it is taken of decides."""
    value = np.log(a.value)
    return value, -np.log1p(-np.minimum(a.error / a.value, 1.0)) + 2 * u * np.abs(value) + u


def _maximum(u: float, a: Tracked, b: Tracked) -> Bounded:
    """The error of the larger one; of either where the errors decide which that is."""
    lead, unsure = a.value - b.value, TIE * (a.error + b.error)
    error = np.where(lead > unsure, a.error, np.where(lead < -unsure, b.error, np.maximum(a.error, b.error)))
    return np.maximum(a.value, b.value), error


def _greater(u: float, a: Tracked, b: Tracked) -> Bounded:
    """1 or 0; either is right where the errors decide, as at the kink of a rectifier."""
    unsure = np.abs(a.value - b.value) <= TIE * (a.error + b.error)
    return np.greater(a.value, b.value).astype(np.float64), unsure.astype(np.float64)


def _negative(u: float, a: Tracked) -> Bounded:
    return -a.value, a.error


_RULES: dict[np.ufunc, Callable[..., Bounded]] = {
    np.add: _sum_of(1),
    np.subtract: _sum_of(-1),
    np.multiply: _multiply,
    np.true_divide: _divide,
    np.power: _power,
    np.square: lambda u, a: _multiply(u, a, a),
    np.matmul: _matmul,
    np.tanh: _tanh,
    np.negative: _negative,
    np.exp: _exp,
    np.log: _log,
    np.maximum: _maximum,
    np.greater: _greater,
}


def _joined(join: Callable[..., Array]) -> Callable[..., Tracked]:
    def joined(arrays: Sequence[Any], axis: int = 0) -> Tracked:
        dtype = next(a.dtype for a in arrays if isinstance(a, Tracked))
        items = [_tracked(a, dtype) for a in arrays]
        value, error = (join(part, axis) for part in ([i.value for i in items], [i.error for i in items]))
        return Tracked(value, error, dtype, max(i.terms for i in items))

    return joined


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.stack: _joined(np.stack),
    np.concatenate: _joined(np.concatenate),
    np.zeros_like: lambda a: Tracked(np.zeros(a.shape), None, a.dtype),
    np.sum: lambda a, axis=None, keepdims=False: a.sum(axis=axis, keepdims=keepdims),
    np.max: lambda a, axis=None, keepdims=False: a.max(axis=axis, keepdims=keepdims),
    np.argmax: lambda a, axis: a.argmax(axis),
}
KNOWN = frozenset({rule.__name__ for rule in _RULES} | {function.__name__ for function in _FUNCTIONS})
"""Functions of numpy by name, as which a solution may call them; `matmul` and the like as operators too."""
