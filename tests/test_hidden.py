"""With `--hide-expected` no right answer can be read out of anything, over real submissions that fail."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from grading import DEEP
from harness import checking
from harness.batch.discover import Entry
from harness.batch.one import grade_entry
from harness.options import Options
from harness.report import Report
from harness.worker.session import Result
from test_hinting import explained
from test_reporting_formats import FORMATS

COHORT = Path(__file__).parent.parent / "submissions"
SHARE = {"quiz10/s01.py", "cs187/s04.py", "cs231n/s02.py", "lab9/s04.py", "mytorch/s05"}
"""One that fails for every assignment; all of them in the deep run."""
FAILING = sorted(
    f"{path.parent.name}/{path.name}"
    for path in COHORT.glob("*/s*")
    if DEEP or f"{path.parent.name}/{path.name}" in SHARE
)
EVERY = {**FORMATS, "explained": explained}
NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]?\d+)?")
DIGITS = 5
"""Of a number, below which it may be anything's."""


def is_telling(value: float) -> bool:
    """Whether a number is no round one that a case's inputs or a count may well be."""
    return (
        math.isfinite(value)
        and len(f"{abs(value):.{DIGITS}g}".replace(".", "").lstrip("0").partition("e")[0]) >= DIGITS
    )


def rounded(values: Any) -> set[str]:
    """Telling numbers, to a few digits."""
    flat = np.asarray(values, dtype=np.float64).ravel() if np.asarray(values).dtype.kind in "fiu" else []
    return {f"{value:.{DIGITS}g}" for value in map(float, flat) if is_telling(value)}


def numbers_in(text: str) -> set[str]:
    """Telling numbers that are written somewhere."""
    return {f"{float(found):.{DIGITS}g}" for found in NUMBER.findall(text) if is_telling(float(found))}


class Answers:
    """What the oracle gave for the cases a report shows, and what the submission was given and gave itself."""

    def __init__(self) -> None:
        self.right: set[str] = set()
        self.own: set[str] = set()

    def note(self, truth: Any, outcome: Any) -> None:
        """Of one case that is shown."""
        for array in truth.expected.values():
            self.right |= rounded(array)
        for array in truth.inputs.values():
            self.own |= rounded(array)
        if isinstance(outcome, Result):
            for array in outcome.arrays.values():
                self.own |= rounded(array)

    def read(self, report: Report) -> None:
        """Of the pictures and examples in a report that hides nothing."""
        for name, text in fields(msgspec.to_builtins(report)):
            if name in ("expected", "allowed"):
                self.right |= numbers_in(text)
            elif name == "actual":
                self.own |= numbers_in(text)

    @property
    def secrets(self) -> set[str]:
        return self.right - self.own


def fields(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text and number in a report, with the name of the field it is in."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from fields(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, name)
    elif value is not None:
        yield name, str(value)


@pytest.mark.parametrize("name", FAILING)
def test_no_right_answer_can_be_read_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, real = Answers(), checking.example

    def example(truth: Any, verdict: Any, outcome: Any, *rest: Any) -> Any:
        answers.note(truth, outcome)
        return real(truth, verdict, outcome, *rest)

    monkeypatch.setattr(checking, "example", example)
    asked = Entry("a", str(COHORT / name), name.partition("/")[0])
    shown = grade_entry(asked, Options(cases=8))
    answers.read(shown)
    hidden = grade_entry(asked, Options(cases=8, hide_expected=True))
    if name in SHARE:
        assert any(found in answers.secrets for found in numbers_in(FORMATS["json"](shown))), "nothing to be hidden"
    assert {field for field, _ in fields(msgspec.to_builtins(hidden))}.isdisjoint(
        {"expected", "allowed", "worst_ratio"}
    )
    for format_, make in EVERY.items():
        text = make(hidden)
        assert numbers_in(text) & answers.secrets == set(), format_
        assert "±" not in text or format_ == "html", format_
        for place in ("oracles/", "reference_impls", "diagnosis/", "site-packages/torch"):
            assert place not in text, format_
