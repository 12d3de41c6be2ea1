"""A case with its answers, as plain data: what a bank holds, whoever computed it."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from harness.cases.case import Case

Array = np.ndarray[Any, Any]


class GraderFault(Exception):
    """The two oracles disagree: nobody's submission can be judged by them."""


class Truth(msgspec.Struct, frozen=True):
    """What a case stands for: its inputs, the right results, and how far rounding may lead from them.

    Of an assignment without an answer key only the inputs are known.
    """

    case: Case
    inputs: dict[str, Array]
    expected: dict[str, Array]
    allowed: dict[str, Array]
    """`THRESHOLD` times the error bound, in the case's own dtype."""
