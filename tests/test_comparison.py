"""What is exactly zero can be judged in either precision; what rounding decides cannot."""

from __future__ import annotations

import numpy as np
import pytest

from harness.properties.comparison import compare


@pytest.mark.parametrize(("dtype", "allowed"), [("float64", 1e-305), ("float32", 1e-35)])
def test_zero_where_only_underflow_is_allowed_is_judged(dtype: str, allowed: float) -> None:
    right = compare(np.zeros(3, dtype), np.zeros(3), np.full(3, allowed), dtype)
    assert right.passes
    assert not right.undecidable
    assert not compare(np.full(3, 1e-20, dtype), np.zeros(3), np.full(3, allowed), dtype).passes


@pytest.mark.parametrize(("dtype", "allowed"), [("float64", 1e-14), ("float32", 5e-6)])
def test_zero_where_terms_of_ordinary_size_cancel_is_judged(dtype: str, allowed: float) -> None:
    right = compare(np.full(3, 0.9 * allowed, dtype), np.zeros(3), np.full(3, allowed), dtype)
    assert right.passes
    assert not right.undecidable
    assert not compare(np.full(3, 0.25, dtype), np.zeros(3), np.full(3, allowed), dtype).passes


@pytest.mark.parametrize(("dtype", "allowed"), [("float64", 1e-11), ("float32", 1e-2)])
def test_what_rounding_decides_is_undecidable(dtype: str, allowed: float) -> None:
    assert compare(np.zeros(3, dtype), np.zeros(3), np.full(3, allowed), dtype).undecidable
    assert compare(np.full(3, 1e-17, dtype), np.full(3, 1e-17), np.full(3, 1e-19), dtype).undecidable
    assert compare(np.ones(3, dtype), np.ones(3), np.full(3, 0.01), dtype).undecidable
