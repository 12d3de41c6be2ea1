"""Whether the harness grows faster than the student's own code: time a case, as its arrays become much larger.

Run as `python benchmarks/growing.py [ROUNDS]`. Times are CPU seconds of the whole process tree that more cases take, so
that no start is in them; the same calls are made in a bare loop. N, T, D and H are the same number.
"""

from __future__ import annotations

import importlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from composing import ROOT  # the clone goes on the path first
from harness import submission, verify
from harness.assignments import registry
from harness.cases.case import Case
from harness.evidence import exercise
from harness.options import Options
from harness.oracles import bank
from harness.worker import isolation
from long_batch import moment
from recording import keep

SIZES = (2, 4, 6, 9, 13, 19)
FEW, MANY, DISTINCT = 250, 2250, 25
ENTRIES = ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")
ASKED = registry.get("cs231n")
Known = dict[str, tuple[bank.Truth, ...]]
"""Cases with their answers, by group of entry points."""


def truths(size: int) -> Known:
    """Plain cases of one size."""
    groups = [ASKED.group(name) for name in sorted({ASKED.entry_point(name).group for name in ENTRIES})]
    return {
        group.name: tuple(
            bank.telling(ASKED, group.name, Case(dict.fromkeys(group.dims, size), seed=seed))
            for seed in range(DISTINCT)
        )
        * (MANY // DISTINCT)
        for group in groups
    }


def of_harness(known: Known, count: int, place: Path) -> float:
    """CPU seconds to grade a right submission on so many of these cases."""
    bank.truths = lambda _, group, *__: known[group][:count]  # type: ignore[assignment]
    options = Options(only=ENTRIES, cases=count, isolation=isolation.strongest())
    before = moment(os.getpid()).cpu
    assert verify.grade(submission.read(place), ASKED, options).passed
    return moment(os.getpid()).cpu - before


def of_student(known: Known) -> float:
    """CPU seconds that the student's calls on a case take by themselves."""
    code = importlib.import_module("reference_impls.cs231n.model")
    operations = importlib.import_module("harness.assignments.cs231n.driver").OPERATIONS
    entries = [ASKED.entry_point(name) for name in ENTRIES]
    calls = [
        (operations[entry.name], dict(exercise(ASKED, entry, truth).arrays))
        for entry in entries
        for truth in known[entry.group]
    ]
    began = time.process_time()
    for operation, arrays in calls:
        operation(code, arrays)
    return (time.process_time() - began) / MANY


def main() -> None:
    """Measure, print and keep."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "hw.py"
        place.write_text((ROOT / "reference_impls" / "cs231n" / "model.py").read_text(encoding="utf-8"))
        found = []
        for size in SIZES:
            known = truths(size)
            of_harness(known, FEW, place)
            more = [of_harness(known, MANY, place) - of_harness(known, FEW, place) for _ in range(rounds)]
            alone = [of_student(known) for _ in range(rounds)]
            found.append((size**3, statistics.median(more) / (MANY - FEW), statistics.median(alone)))
    (_, ours, theirs) = found[0]
    rows = [[size, 1e6 * a, 1e6 * b, a / ours, b / theirs, (a / ours) / (b / theirs)] for size, a, b in found]
    columns = ("µs a case of each function", "of it the student's calls", "grown", "the student's grown")
    heads = ["N·T·H", *columns, "against the student's"]
    keep("growing", heads, rows)


if __name__ == "__main__":
    main()
