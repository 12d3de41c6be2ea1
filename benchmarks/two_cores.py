"""What a second core is worth: the same batch with its whole process tree on two cores, and pinned to one.

Run as `python benchmarks/two_cores.py [SUBMISSIONS] [ROUNDS]` on a machine with nothing else to do.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from composing import composed
from recording import keep
from timing import graded, in_turn

WANTED = 1.8


def main() -> None:
    """Measure, print and keep."""
    size, rounds = (int(given) for given in [*sys.argv[1:], *(1000, 2)[len(sys.argv) - 1 :]])
    cores = sorted(os.sched_getaffinity(0))[:2]
    assert len(cores) == 2, "this takes a machine of two cores"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "in"
        composed(folder, size)
        graded(folder)  # the bank is made here
        two, one = in_turn([partial(graded, folder, cores=cores), partial(graded, folder, cores=cores[:1])], rounds)
    rows = [
        ["one core", size, size / one.wall, one.cpu / size, 1.0, ""],
        ["two cores", size, size / two.wall, two.cpu / size, one.wall / two.wall, WANTED],
    ]
    keep("two_cores", ["on", "submissions", "per second", "CPU s each", "times as fast", "wanted"], rows, digits=3)


if __name__ == "__main__":
    main()
