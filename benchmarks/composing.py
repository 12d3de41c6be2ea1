"""A class of any size for the benchmarks: programs of many styles, six of ten right, no two alike.

Right ones are the model solution of cs231n, the formulations that the tests know, and the model solution rewritten by
machine; wrong ones have one mistake of the catalogue each, in the model solution or in one of the other styles.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from formulations import mistakes, restyling
from reference_impls import catalogue

FUNCTIONS = {"rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward"}
WRONG, TEN = 4, 10
"""So many of ten have a mistake."""


@cache
def right() -> list[str]:
    """Texts of right submissions."""
    styles = sorted((ROOT / "tests" / "formulations" / "cs231n").glob("*.py"))
    model = catalogue.source("cs231n")
    texts = [model, restyling.restyled(model, "numpy"), *(path.read_text(encoding="utf-8") for path in styles)]
    return [text for text in texts if all(f"def {name}(" in text for name in FUNCTIONS)]


@cache
def wrong() -> list[str]:
    """Texts of submissions with one mistake in a vanilla function."""
    model = catalogue.source("cs231n")
    known = [m for m in catalogue.misconceptions("cs231n") if set(m.touches) & FUNCTIONS]
    made = [catalogue.apply(model, m) for m in known]
    ids = {m.id for m in known}
    styled = [mistakes.source(style) for style in mistakes.every("cs231n") if style.id in ids]
    texts = [*made, *(restyling.restyled(text, "numpy") for text in made), *styled]
    return [text for text in texts if all(f"def {name}(" in text for name in FUNCTIONS)]


def composed(folder: Path, size: int) -> list[Path]:
    """A folder for each submission, with one file that is called `hw.py`."""
    found = []
    for number in range(size):
        tens, place = divmod(number, TEN)
        texts, turn = (wrong(), tens * WRONG + place) if place < WRONG else (right(), tens * (TEN - WRONG) + place)
        submission = folder / f"s{number:05}"
        submission.mkdir(parents=True)
        (submission / "hw.py").write_text(f"{texts[turn % len(texts)]}\n# {number}\n", encoding="utf-8")
        found.append(submission)
    return found
