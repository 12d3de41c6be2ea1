"""What is exactly zero can be judged in either precision; what rounding decides cannot."""

from __future__ import annotations

import numpy as np
import pytest

from harness.properties.comparison import compare


@pytest.mark.parametrize(("dtype", "allowed"), [("float64", 1e-305), ("float32", 1e-35)])
def test_zero_where_only_underflow_is_allowed_is_judged(dtype: str, allowed: float) -> None:
    right = compare(np.zeros(3, dtype), np.zeros(3), np.full(3, allowed))
    assert right.passes
    assert not right.undecidable
    assert not compare(np.full(3, 1e-20, dtype), np.zeros(3), np.full(3, allowed)).passes


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_rounding_decides_is_undecidable(dtype: str) -> None:
    assert compare(np.zeros(3, dtype), np.zeros(3), np.full(3, 1e-20)).undecidable
    assert compare(np.ones(3, dtype), np.ones(3), np.full(3, 0.01)).undecidable
