"""Arrays that carry a running error bound through a computation (Higham, Accuracy and Stability, section 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

UNIT = {"float64": 2.0**-53, "float32": 2.0**-24}
"""Unit roundoff of each dtype."""
FLOOR = {"float64": 2.0**-1022, "float32": 2.0**-126}
"""Smallest normal number: below it rounding is absolute, whatever the operation."""


class Tracked(np.lib.mixins.NDArrayOperatorsMixin):
    """A float64 array and, for each element, how far any reasonable evaluation in `dtype` may be from the truth."""

    __slots__ = ("dtype", "error", "value")

    def __init__(self, value: Any, error: Any = None, dtype: str = "float64") -> None:
        self.value: Array = np.asarray(value, dtype=np.float64)
        self.error: Array = np.zeros(self.value.shape) if error is None else np.asarray(error, dtype=np.float64)
        self.dtype = dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.value.shape)

    @property
    def T(self) -> Tracked:
        """The transposed array."""
        return Tracked(self.value.T, self.error.T, self.dtype)

    def __getitem__(self, key: Any) -> Tracked:
        return Tracked(self.value[key], self.error[key], self.dtype)

    def __setitem__(self, key: Any, new: Any) -> None:
        new = _tracked(new, self.dtype)
        self.value[key], self.error[key] = new.value, new.error

    def __len__(self) -> int:
        return len(self.value)

    def reshape(self, *shape: Any) -> Tracked:
        """The same numbers in another shape."""
        return Tracked(self.value.reshape(*shape), self.error.reshape(*shape), self.dtype)

    def copy(self) -> Tracked:
        """An independent copy."""
        return Tracked(self.value.copy(), self.error.copy(), self.dtype)

    def sum(self, axis: Any = None) -> Tracked:
        """Sum of n terms: the errors add up, and n roundings of the sum of magnitudes come on top."""
        value, error = self.value.sum(axis=axis), self.error.sum(axis=axis)
        terms = self.value.size // max(1, np.asarray(value).size)
        return Tracked(value, error + terms * UNIT[self.dtype] * np.abs(self.value).sum(axis=axis), self.dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **options: Any) -> Tracked:
        if method != "__call__" or options or ufunc not in _RULES:
            raise TypeError(f"no error bound is known for numpy.{ufunc.__name__} ({method}): add a rule to tracked.py")
        operands = [_tracked(a, self.dtype) for a in args]
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            value, error = _RULES[ufunc](UNIT[self.dtype], *operands)
            return Tracked(value, error + FLOOR[self.dtype], self.dtype)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function not in _FUNCTIONS:
            raise TypeError(f"no error bound is known for numpy.{function.__name__}: add a rule to tracked.py")
        return _FUNCTIONS[function](*args, **options)


def _tracked(value: Any, dtype: str) -> Tracked:
    return value if isinstance(value, Tracked) else Tracked(value, None, dtype)


Bounded = tuple[Array, Array]


def _sum_of(sign: int) -> Callable[[float, Tracked, Tracked], Bounded]:
    def add(u: float, a: Tracked, b: Tracked) -> Bounded:
        # |a| + |b| rather than |a + b|: a student may add the same terms in another order
        return a.value + sign * b.value, a.error + b.error + u * (np.abs(a.value) + np.abs(b.value))

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
}


def _stack(arrays: Sequence[Any], axis: int = 0) -> Tracked:
    dtype = next(a.dtype for a in arrays if isinstance(a, Tracked))
    items = [_tracked(a, dtype) for a in arrays]
    return Tracked(np.stack([i.value for i in items], axis), np.stack([i.error for i in items], axis), dtype)


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.stack: _stack,
    np.zeros_like: lambda a: Tracked(np.zeros(a.shape), None, a.dtype),
    np.sum: lambda a, axis=None: a.sum(axis=axis),
}
