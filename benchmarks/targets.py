"""What a person waits for, as ratios of two commands run in turn: a check against `import torch`, and others.

Run as `python benchmarks/targets.py [ROUNDS]` on a machine with nothing else to do. Times are CPU seconds of the whole
process tree and wall seconds; a ratio is that of the medians. Banks of cases are warm.
"""

from __future__ import annotations

import compileall
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import composing  # noqa: F401 - puts the clone that this stands in on the path
from harness.assignments import registry
from harness.evidence import exercise
from harness.oracles import bank
from recording import keep
from reference_impls import catalogue
from timing import Time, in_turn, python

FEW, MANY = 100, 600
"""Cases of each entry point: what start-up costs is in both, and not in their difference."""
VANILLA = ("--only", "rnn_*", "--assignment", "cs231n")
MISTAKE = ("g = g + dh[:, t]", "g = dh[:, t]")


def command(*arguments: str) -> Callable[[], Time]:
    """Runs a program; its whole process tree is counted."""
    return lambda: python(*arguments, capture_output=True, check=False)


def bare(cases: int, only: str = "rnn_*") -> Callable[[], Time]:
    """The student's calls in a loop, in this process: those of the entry points that are meant."""
    import importlib

    asked = registry.get("cs231n")
    code = importlib.import_module("reference_impls.cs231n.model")
    operations = importlib.import_module("harness.assignments.cs231n.driver").OPERATIONS
    entries = [e for e in asked.entry_points if fnmatchcase(e.name, only)]
    calls = [
        (operations[e.name], dict(exercise(asked, e, t).arrays))
        for e in entries
        for t in bank.truths(asked.id, e.group, "0", cases)
    ]

    def run() -> Time:
        cpu, wall = time.process_time(), time.perf_counter()
        for operation, arrays in calls:
            operation(code, arrays)
        return Time(time.perf_counter() - wall, time.process_time() - cpu)

    return run


def warm(works: Sequence[Callable[[], Time]], rounds: int) -> list[Time]:
    """The median of each, all of which have been done once before."""
    for work in works:
        work()
    return in_turn(works, rounds)


def rows(folder: Path, rounds: int) -> list[list[object]]:
    """The table."""
    right, wrong = folder / "right.py", folder / "wrong.py"
    right.write_text(catalogue.source("cs231n"))
    wrong.write_text(catalogue.source("cs231n").replace(*MISTAKE))

    def check(path: Path, *more: str) -> Callable[[], Time]:
        return command("-m", "harness", "check", str(path), *VANILLA, *more)

    torch, usage, good, bad = warm(
        [command("-c", "import torch"), command("-m", "harness", "--help"), check(right), check(wrong)], rounds
    )
    few, many, loop_few, loop_many = warm(
        [check(right, "--cases", str(FEW)), check(right, "--cases", str(MANY)), bare(FEW), bare(MANY)], rounds
    )
    replay, loop = many.cpu - few.cpu, loop_many.cpu - loop_few.cpu
    return [
        ["`harness check`, right, against `import torch`", good.wall, torch.wall, good.wall / torch.wall, "wall"],
        ["the same", good.cpu, torch.cpu, good.cpu / torch.cpu, "CPU"],
        ["`harness --help` against `import torch`", usage.wall, torch.wall, usage.wall / torch.wall, "wall"],
        ["a wrong submission against a right one", bad.wall, good.wall, bad.wall / good.wall, "wall"],
        [f"{4 * (MANY - FEW)} more cases against the same calls in a loop", replay, loop, replay / loop, "CPU"],
    ]


def main() -> None:
    """Measure and print."""
    root = Path(__file__).resolve().parents[1]
    os.environ["PYTHONPATH"] = str(root)
    for package in ("harness", "reference_impls"):
        compileall.compile_dir(root / package, quiet=2)  # as an installation does
    with tempfile.TemporaryDirectory() as place:
        found = rows(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 7)
    keep("targets", ["what", "seconds", "of", "ratio", "time"], found, digits=3)


if __name__ == "__main__":
    main()
