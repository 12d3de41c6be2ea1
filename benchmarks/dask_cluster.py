"""A Dask cluster of two workers on this machine against two local processes, from the shell to the gradebook.

Run as `python benchmarks/dask_cluster.py [SUBMISSIONS] [ROUNDS]` on a machine with nothing else to do. The cluster is
there before, as it would be; its workers have the engine imported, as after any earlier batch.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from distributed import LocalCluster

from composing import ROOT, composed
from recording import keep
from timing import graded, in_turn

WANTED = 0.8


def main() -> None:
    """Measure, print and keep."""
    size, rounds = (int(given) for given in [*sys.argv[1:], *(200, 3)[len(sys.argv) - 1 :]])
    os.environ["PYTHONPATH"] = str(ROOT)
    here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with tempfile.TemporaryDirectory() as place, LocalCluster(n_workers=2, threads_per_worker=1, **here) as cluster:
        folder = Path(place) / "in"
        composed(folder, size)
        local = partial(graded, folder, "--jobs", "2")
        remote = partial(graded, folder, "--executor", "dask", "--scheduler", cluster.scheduler_address)
        for first in (local, remote):
            first()
        ours, dask = in_turn([local, remote], rounds)
    rows = [
        ["two local processes", size, size / ours.wall, 1.0, ""],
        ["two Dask workers", size, size / dask.wall, ours.wall / dask.wall, WANTED],
    ]
    keep("dask_cluster", ["on", "submissions", "per second", "times as fast", "wanted"], rows)


if __name__ == "__main__":
    main()
