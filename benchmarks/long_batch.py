"""Whether a batch slows down as it goes on: every tenth of ten thousand submissions against the first.

Run as `python benchmarks/long_batch.py [SUBMISSIONS]`; it may take an hour or two, and the machine may have other
things to do: the CPU time of the coordinator, its graders and zygotes is told beside the seconds (workers that have
ended are in nobody's at level full). Submissions are small (two functions are judged), so that what the coordinator
does for each counts as much as it can.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from composing import ROOT, composed
from recording import keep

TENTHS = 10
TICKS = os.sysconf("SC_CLK_TCK")


class Moment(NamedTuple):
    """Seconds of wall time; CPU seconds of the coordinator with all below it, as far as told, and its own; its MiB."""

    wall: float
    cpu: float
    own: float
    memory: float


def moment(pid: int) -> Moment:
    """How things stand with the coordinator `pid` and all below it."""
    parents, spent = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it has just ended, and is in its parent's time
            continue
        parents[int(place.parent.name)] = int(fields[1])
        spent[int(place.parent.name)] = [int(ticks) / TICKS for ticks in fields[11:15]]
    tree = [each for each in parents if pid in set(_ancestors(each, parents))]
    status = Path(f"/proc/{pid}/status").read_text()
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024
    return Moment(time.monotonic(), sum(sum(spent[each]) for each in tree), sum(spent[pid][:2]), memory)


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid in parents:
        yield pid
        pid = parents[pid]


def tenths(folder: Path, size: int) -> list[Moment]:
    """How things stood after the first submission, and after every tenth of them."""
    options = [
        "-a",
        "cs231n",
        "--only",
        "rnn_step_*",
        "--cases",
        "12",
        "--jobs",
        "2",
        "-v",
        "--out",
        str(folder / "out"),
    ]
    command = [sys.executable, "-m", "harness", "grade", str(folder / "in"), *options]
    found, done = [], 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr or ():
            done += line.startswith("s") and ":" in line
            if line.startswith("s") and (done == 1 or done % (size // TENTHS) == 0):
                found.append(moment(process.pid))
                print(f"{done} of {size}: {found[-1]}", file=sys.stderr, flush=True)
    assert process.returncode == 0, process.returncode
    return found


def main() -> None:
    """Measure, print and keep."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as place:
        composed(Path(place) / "in", size)
        found = tenths(Path(place), size)
    each = size / TENTHS
    rows = [
        [
            f"{number} of {TENTHS}",
            1000 * (now.wall - before.wall) / (each - (number == 1)),
            1000 * (now.cpu - before.cpu) / (each - (number == 1)),
            1000 * (now.own - before.own) / (each - (number == 1)),
            now.memory,
        ]
        for number, (before, now) in enumerate(itertools.pairwise(found), 1)
    ]
    first, last = rows[0], rows[-1]
    rows.append(["last against first", *(b / a for a, b in zip(first[1:], last[1:], strict=True))])
    heads = ["tenth", "ms a submission", "CPU ms a submission", "of it the coordinator's", "coordinator, MiB"]
    keep("long_batch", heads, rows)


if __name__ == "__main__":
    main()
