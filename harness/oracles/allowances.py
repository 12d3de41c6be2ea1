"""How much a result may differ from the right one, and when that is so much that nothing can be said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

UNIT = {"float64": 2.0**-53, "float32": 2.0**-24}
"""Unit roundoff of each dtype."""
THRESHOLD = 4.0
"""A tensor passes within this multiple of its bound. The worst ratio of 24,000 right runs (twelve RNN and eight LSTM
formulations, float32 and float64, magnitudes from 1e-6 to 1e6) was 1.2."""
UNDECIDABLE = 1e-3
"""Where rounding may change a tensor by more than this fraction of its largest element, passing proves nothing."""
UNDERFLOW = {"float64": 1e-290, "float32": 1e-32}
"""What numbers that are all but zero may come to by underflow; passing there still proves that they are."""
CANCELLED = 1e4
"""A tensor that is exactly zero has no largest element to measure by. Where terms of ordinary size cancel in it, as in
the gradient of a softmax of one score, rounding leaves this many unit roundoffs and less; passing proves it is zero."""


def undecidable(expected: Array, allowed: Array, dtype: str) -> bool:
    """Whether rounding may change the array so much that a pass proves nothing. Elements without any bound, such as
    the words after a choice between equals, are passed over as long as others have one."""
    known = allowed[np.isfinite(allowed)]
    if not known.size:
        return True
    largest = float(np.max(np.abs(expected)))
    enough = UNDECIDABLE * largest + UNDERFLOW[dtype] if largest else CANCELLED * UNIT[dtype]
    return bool(np.max(known) > enough)


def undecidable_each(expected: Array, allowed: Array, starts: Array, dtypes: Sequence[str]) -> list[bool]:
    """The same for many arrays at once, whose numbers are in a row and begin at `starts`; each has its own dtype."""
    known = np.maximum.reduceat(np.where(np.isfinite(allowed), allowed, -1.0), starts)
    largest = np.maximum.reduceat(np.abs(expected), starts)
    underflow, unit = (np.array([values[dtype] for dtype in dtypes]) for values in (UNDERFLOW, UNIT))
    enough = np.where(largest != 0.0, UNDECIDABLE * largest + underflow, CANCELLED * unit)
    found: list[bool] = ((known < 0.0) | (known > enough)).tolist()
    return found
