"""What a worker costs to start at each level of isolation: forked from a zygote, and in a fresh interpreter.

Run as `python benchmarks/starting.py [ROUNDS]`, best on a machine with nothing else to do. Everything is measured in
turn, ROUNDS times (11): from nothing to a worker that is ready, median and fastest, in milliseconds; the worker's own
memory once it is ready (private pages, and its share of all pages) in MiB; a call of five 3x4 arrays there and back,
alone and as one of fifty in a frame, in microseconds. Beside it, a bare fork and a bare interpreter.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tabulate import tabulate

from harness import wire
from harness.assignments.contract import Limits
from harness.worker import isolation
from harness.worker.isolation import LAYERS, Level
from harness.worker.session import Session

DRIVER = "echo_driver"
FRAME = 50
ARRAYS = {name: np.ones((3, 4)) for name in "abcde"}


class Kind:
    """One kind of worker, and what was measured of it."""

    def __init__(self, library: str, level: Level, forked: bool) -> None:
        self.library, self.level, self.forked = library, level, forked
        self.starts: list[float] = []
        self.alone: list[float] = []
        self.in_frame: list[float] = []
        self.memory: dict[str, float] = {}

    def measure(self) -> None:
        """One worker, from its start to its end."""
        os.environ["HARNESS_ZYGOTES"] = str(int(self.forked))
        began = time.perf_counter()
        with Session({"a.py": b""}, self.library, [DRIVER], Limits(), self.level) as session:
            session.wait_until_ready()
            self.starts.append(1e3 * (time.perf_counter() - began))
            self.memory = memory(session.number)
            session.load(wire.Load(session.root, {"f": "a.py"}, DRIVER, self.library))
            round_trip(session, 1)
            self.alone.append(statistics.median(round_trip(session, 1) for _ in range(20)))
            self.in_frame.append(round_trip(session, FRAME))

    def row(self) -> list[object]:
        """Its line of the table; the first start made the zygote."""
        made = "forked" if self.forked else "fresh"
        trips = [round(statistics.median(times)) for times in (self.alone, self.in_frame)]
        pages = [self.memory.get(kind, "") for kind in ("Private", "Pss")]
        return [f"{self.library}, {self.level}, {made}", told(self.starts[1:]), *pages, *trips]


def round_trip(session: Session, calls: int) -> float:
    """Microseconds for each of some calls in one frame."""
    specs = tuple(wire.describe(name, array) for name, array in ARRAYS.items())
    frame = [(wire.Call(number, "echo", specs), [*ARRAYS.values()]) for number in range(calls)]
    began = time.perf_counter()
    outcomes = list(session.run(frame))
    assert len(outcomes) == calls
    return 1e6 * (time.perf_counter() - began) / calls


def memory(number: int) -> dict[str, float]:
    """Private and proportional memory of a process in MiB, where the system tells."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {}
    found = dict.fromkeys(("Private", "Pss"), 0.0)
    for line in lines:
        name, size = line.split()[:2]
        kind = name.partition("_")[0].rstrip(":")
        if name == "Pss:" or kind == "Private":
            found[kind] += int(size) / 1024
    return {kind: round(size, 1) for kind, size in found.items()}


def told(times: list[float]) -> str:
    """Median and fastest."""
    return f"{statistics.median(times):.1f} ({min(times):.1f})"


def bare(rounds: int) -> list[list[object]]:
    """A fork that ends at once, and interpreters that do."""
    commands: dict[str, Callable[[], object]] = {"a fork": fork}
    for name, program in (
        ("an interpreter", ""),
        ("numpy imported", "import numpy"),
        ("torch imported", "import torch"),
    ):
        command = [sys.executable, "-c", program]
        commands[name] = lambda command=command: subprocess.run(command, check=True)  # type: ignore[misc]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, run in commands.items():
            began = time.perf_counter()
            run()
            times[name].append(1e3 * (time.perf_counter() - began))
    return [[name, told(measured), "", "", "", ""] for name, measured in times.items()]


def fork() -> None:
    """A child that ends at once."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    levels = [level for level in reversed(LAYERS) if not isolation.missing(level)]
    kinds = [Kind(library, level, f) for library in ("numpy", "torch") for level in levels for f in (True, False)]
    rows = bare(rounds)
    for library in ("numpy", "torch"):
        for _ in range(rounds + 1):
            for kind in (k for k in kinds if k.library == library):
                kind.measure()
    heads = ["start of", "ms, median (fastest)", "private MiB", "share MiB", "alone, µs", "in a frame, µs"]
    print(tabulate(rows + [kind.row() for kind in kinds], heads, tablefmt="github"))


if __name__ == "__main__":
    main()
