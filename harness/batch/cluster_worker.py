"""What a Dask worker is sent before any submission, by value: so that one without the package can say so, and one that
starts years later meets nothing that it cannot read.

At the top this imports what every Dask worker has, and the harness only inside functions.
"""

from __future__ import annotations

from typing import Any

from distributed import WorkerPlugin

NAME = "harness-zygotes"


def trouble(expected: dict[str, str], level: str) -> str:
    """What keeps this worker from grading as the coordinator would; empty when nothing does."""
    try:
        from harness.batch import cluster_task
    except ImportError as error:
        return f"cannot import what grades ({error}); install the same version of rnn-harness where it runs"
    return cluster_task.unfit(expected, level)


class Zygotes(WorkerPlugin):
    """Has a worker's zygotes warm before its first submission. What goes wrong here shows when one is graded."""

    def __init__(self, assignments: tuple[str, ...], level: str) -> None:
        self.assignments, self.level = assignments, level

    def setup(self, worker: Any) -> None:
        """Start them; they warm themselves beside the imports of the engine."""
        try:
            from harness.batch import cluster_task
        except ImportError:
            return
        cluster_task.prepare(self.assignments, self.level)

    def teardown(self, worker: Any) -> None:
        """End them."""
        try:
            from harness.worker import starting
        except ImportError:
            return
        starting.end_all()
