"""What a batch needs of the place where submissions are graded: these few functions, and futures as the standard
library has them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from harness.batch.discover import Entry
from harness.batch.one import Grade
from harness.options import Options
from harness.report import Report


class ExecutorTrouble(Exception):
    """Graders cannot be had, or no longer: this ends a batch. A sentence that says why, and what to do."""


class Executor(Protocol):
    """Graders that are running."""

    def places(self) -> int:
        """How many submissions may be handed out at a time, those included that wait for a grader to be free."""

    def submit(self, entry: Entry, options: Options, grade: Grade | None) -> Future[Report]:
        """Have `entry` graded. A grader that dies is a `concurrent.futures.BrokenExecutor`, here or in the future."""

    def look(self) -> None:
        """Called now and then while all are busy. Raises `ExecutorTrouble` when it is useless to wait."""

    def close(self) -> None:
        """Nothing more will come; waits for work in progress."""

    def stop(self) -> None:
        """Give up what is in progress."""


Start = Callable[[int], Executor]
"""Starts graders for so many submissions at once, or fewer."""
