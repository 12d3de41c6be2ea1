"""The running error bound holds, element by element, and names what it cannot bound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.oracles.allowances import UNIT
from harness.oracles.tracked import Tracked

LONG = np.longdouble


def _arrays(seed: int, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 5)) * scale, rng.normal(size=(5, 4)), rng.normal(size=4)


def _cell(x, w, b):
    h = np.tanh(x @ w + b)
    d = 1 - h**2
    return (d * h).sum(axis=0) / 3 - d[0]


@settings(deadline=None, max_examples=60, database=None)
@given(st.integers(0, 10**6), st.sampled_from([1e-3, 1.0, 30.0]), st.sampled_from(["float64", "float32"]))
def test_the_bound_covers_rounding_in_that_dtype(seed: int, scale: float, dtype: str) -> None:
    x, w, b = (a.astype("float32") for a in _arrays(seed, scale))
    exact = _cell(*(a.astype(LONG) for a in (x, w, b)))
    rounded = _cell(*(a.astype(dtype) for a in (x, w, b)))
    bound = _cell(*(Tracked(a, None, dtype) for a in (x, w, b)))
    np.testing.assert_allclose(bound.value, exact.astype(float), rtol=1e-9, atol=1e-12)
    assert np.all(np.abs(rounded.astype(LONG) - exact) <= 4 * bound.error)


def test_the_bound_is_not_wide() -> None:
    x, w, b = _arrays(1, 1.0)
    bound = _cell(Tracked(x), Tracked(w), Tracked(b))
    assert np.all(bound.error <= 400 * UNIT["float64"])


def test_saturation_makes_the_derivative_uncertain_not_wrong() -> None:
    h = np.tanh(Tracked(np.array([40.0])))
    derivative = 1 - h * h
    assert derivative.value[0] == 0.0
    assert derivative.error[0] >= 1 / np.cosh(40.0) ** 2


@pytest.mark.parametrize("function", [np.sinh, np.cos])
def test_an_operation_without_a_rule_says_so(function: np.ufunc) -> None:
    with pytest.raises(TypeError, match=f"no error bound is known for numpy.{function.__name__}"):
        function(Tracked(np.ones(2)))


def _softmax_loss(scores: Any, table: Any, index: Any) -> tuple[Any, Any]:
    chosen = table[index] + scores
    e = np.exp(chosen - chosen.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    gradient = np.zeros_like(table)
    np.add.at(gradient, index, p)
    return -np.log(p[:, 0]).sum(), np.concatenate([gradient, np.maximum(chosen, 0.0)], axis=0)


@settings(deadline=None, max_examples=60, database=None)
@given(st.integers(0, 10**6), st.sampled_from([1e-3, 1.0, 10.0]), st.sampled_from(["float64", "float32"]))
def test_the_bound_covers_exponentials_and_repeated_places(seed: int, scale: float, dtype: str) -> None:
    rng = np.random.default_rng(seed)
    scores, table = (rng.normal(size=size).astype("float32") * np.float32(scale) for size in ((6, 4), (3, 4)))
    index = rng.integers(0, 3, 6)
    bounds = _softmax_loss(Tracked(scores, None, dtype), Tracked(table, None, dtype), index)
    exact = _softmax_loss(scores.astype(LONG), table.astype(LONG), index)
    rounded = _softmax_loss(scores.astype(dtype), table.astype(dtype), index)
    for bound, right, near in zip(bounds, exact, rounded, strict=True):
        np.testing.assert_allclose(bound.value, np.asarray(right, float), rtol=1e-9, atol=1e-12)
        assert np.all(np.abs(near.astype(LONG) - right) <= 4 * bound.error)
        assert np.all(bound.error <= 4000 * (1 + scale) * UNIT[dtype] * (1 + np.abs(bound.value)))


def test_a_tie_leaves_the_largest_place_open() -> None:
    scores = Tracked(np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 1.0]])) * 1.0
    best = np.argmax(scores, axis=1)
    assert best.value.tolist() == [2.0, 0.0]
    assert best.error.tolist() == [0.0, np.inf]
    row = Tracked(np.arange(6.0).reshape(3, 2))[best]
    assert np.all(np.isfinite(row.error[0]))
    assert np.all(np.isinf(row.error[1]))


def test_at_the_kink_of_a_rectifier_either_slope_is_right() -> None:
    slope = Tracked(np.array([-1.0, 0.0, 1.0])) > 0
    assert slope.value.tolist() == [0.0, 0.0, 1.0]
    np.testing.assert_allclose(slope.error, [0.0, 1.0, 0.0], atol=1e-300)


@pytest.mark.parametrize("order", [1, -1])
def test_a_bias_may_be_the_first_term_of_an_inner_product(order: int) -> None:
    """Adding many small terms to one large number rounds as often as there are terms, and is as right."""
    x, w, b = np.full((1, 2000), 1e-3), np.full((2000, 1), 1e-13), np.ones(1)
    one_by_one = b.copy()
    for term in x[0] * w[:, 0]:
        one_by_one += term
    bound = (Tracked(x) @ Tracked(w) + b) if order == 1 else (b + Tracked(x) @ Tracked(w))
    exact = 1 + 2000 * 1e-16
    assert abs(one_by_one[0] - exact) <= 4 * bound.error[0, 0]
    assert abs(one_by_one[0] - exact) > 4 * 2 * UNIT["float64"]
    assert bound.error[0, 0] <= 2002 * UNIT["float64"]


def test_terms_are_counted_through_views_and_forgotten_after_other_operations() -> None:
    product = Tracked(np.ones((3, 5))) @ Tracked(np.ones((5, 4)))
    stacked = np.stack([product, product])
    assert [a.terms for a in (product, product.T, product[0], product.reshape(12), stacked, -product)] == [5] * 6
    assert (product + product).terms == 10
    assert (product + product).sum(axis=0).terms == 30
    assert [a.terms for a in (np.tanh(product), product * product, product / 3)] == [1, 1, 1]
