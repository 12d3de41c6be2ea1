"""Submissions that one grader grades in a second: with workers forked from a zygote, and with fresh interpreters.

Run as `python benchmarks/cohort.py [SIZE] [ASSIGNMENT...]`. Of ten submissions, six are the model solution and four
have a mistake each. Every one is graded both ways, one after the other, once the grader is warm and has its cases, so
that whatever else the machine does meets both. What a batch costs to start is not in it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

from harness.batch.discover import Entry
from harness.batch.one import grade_entry
from harness.options import Options
from harness.worker import isolation
from reference_impls import catalogue

ASSIGNMENTS = ("lab9", "mytorch", "cs231n", "quiz10", "cs187")
WRONG, TEN = 4, 10


class Pair(NamedTuple):
    """Seconds that one submission took."""

    forked: float
    fresh: float


def cohort(assignment: str, folder: Path, size: int) -> Iterator[Entry]:
    """Files of right and wrong programs."""
    model, mistakes = catalogue.source(assignment), [*catalogue.misconceptions(assignment)]
    for number in range(size):
        wrong = number % TEN < WRONG
        mistake = mistakes[number * len(mistakes) // size]
        path = folder / f"{assignment}_{number:03}.py"
        path.write_text(catalogue.apply(model, mistake) if wrong else model)
        yield Entry(path.stem, str(path), assignment)


def graded(entry: Entry, options: Options, zygotes: bool) -> float:
    """Seconds to grade it."""
    os.environ["HARNESS_ZYGOTES"] = str(int(zygotes))
    began = time.perf_counter()
    assert grade_entry(entry, options).status == "graded"
    return time.perf_counter() - began


def row(assignment: str, folder: Path, size: int) -> list[object]:
    """Both ways, and how many times as many it is with zygotes: of all, of the median submission."""
    options = Options(isolation=isolation.strongest())
    entries = list(cohort(assignment, folder, size))
    for zygotes in (True, False):
        graded(entries[-1], options, zygotes)
    pairs = []
    for number, entry in enumerate(entries):
        order = (True, False) if number % 2 else (False, True)
        took = {zygotes: graded(entry, options, zygotes) for zygotes in order}
        pairs.append(Pair(took[True], took[False]))
    forked, fresh = (sum(times) for times in zip(*pairs, strict=True))
    middle = statistics.median(pair.fresh / pair.forked for pair in pairs)
    return [assignment, size, size / forked, size / fresh, fresh / forked, middle]


def main() -> None:
    """Measure and print."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as place:
        rows = [row(name, Path(place), size) for name in sys.argv[2:] or ASSIGNMENTS]
    heads = ["cohort", "size", "forked, per second", "fresh, per second", "times", "times, median submission"]
    print(tabulate(rows, heads, tablefmt="github", floatfmt=".2f"))


if __name__ == "__main__":
    main()
