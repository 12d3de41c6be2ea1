"""What a worker costs to start at each level of isolation, beside a bare fork and a fresh interpreter.

Run as `python benchmarks/starting.py`: median wall milliseconds, measured in turn, and the worker's own memory in MiB
after it has loaded nothing but its array library.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tabulate import tabulate

from harness.assignments.contract import Limits
from harness.worker import isolation
from harness.worker.isolation import LAYERS, Level
from harness.worker.session import Session

ROUNDS = {"numpy": 11, "torch": 5}


def milliseconds(work: Callable[[], object], rounds: int) -> str:
    """Median and the fastest."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return f"{statistics.median(times):.1f} ({min(times):.1f})"


def bare_fork() -> None:
    """A child that ends at once."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def interpreter(*command: str) -> Callable[[], object]:
    """A fresh interpreter."""
    return lambda: subprocess.run([sys.executable, *command], check=True)


def worker(library: str, level: Level) -> None:
    """From nothing to a worker that is ready, and its end."""
    with Session({"a.py": b""}, library, (), Limits(), level) as session:
        session.wait_until_ready()


def memory(library: str, level: Level) -> str:
    """Private memory of a worker that is ready, where the system tells."""
    with Session({"a.py": b""}, library, (), Limits(), level) as session:
        session.wait_until_ready()
        try:
            lines = Path(f"/proc/{session.number}/smaps_rollup").read_text().splitlines()
        except OSError:
            return ""
    return f"{sum(int(line.split()[1]) for line in lines if line.startswith('Private')) / 1024:.0f}"


def main() -> None:
    """Measure and print."""
    rows = [["a fork", milliseconds(bare_fork, 50), ""]]
    rows.append(["an interpreter", milliseconds(interpreter("-I", "-S", "-c", ""), 11), ""])
    for library, rounds in ROUNDS.items():
        rows.append(
            [f"an interpreter that imports {library}", milliseconds(interpreter("-c", f"import {library}"), rounds), ""]
        )
        for level in reversed(LAYERS):
            if isolation.missing(level):
                rows.append([f"{library}, {level}", "not here", ""])
                continue
            took = milliseconds(lambda library=library, level=level: worker(library, level), rounds)  # type: ignore[misc]
            rows.append([f"{library}, {level}", took, memory(library, level)])
    print(tabulate(rows, ["start of", "ms, median (fastest)", "MiB"]))


if __name__ == "__main__":
    main()
