"""A submission ready to be exercised: starts a worker when one is needed, and a fresh one after a death."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from harness import celltext, wire
from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.worker import isolation
from harness.worker.isolation import Level
from harness.worker.session import Ended, Outcome, Session

Array = np.ndarray[Any, Any]


CELLS = 1.6
"""Time for a notebook's cells, in multiples of a call's."""
NOTEBOOK = 2.0
"""Time for loading a notebook, in multiples of a call's: its cells' and some to spare."""


class Exercise(msgspec.Struct, frozen=True):
    """One driver operation on some arrays."""

    operation: str
    arrays: dict[str, Array]
    seed: int = 0
    layout: str = "C"
    watch: bool = False


class Workbench:
    """Runs exercises on one submission. Use as a context manager: leaving it ends the worker."""

    def __init__(
        self, files: dict[str, bytes], entry_files: dict[str, str], assignment: Assignment, level: Level | None = None
    ) -> None:
        """`level` is how far the submission is kept apart; the strongest there is unless another is named."""
        self.files, self.entry_files, self.assignment = files, entry_files, assignment
        self.level = level or isolation.strongest()
        self.session: Session | None = None
        self.loaded: wire.Loaded | Ended | None = None
        self.run_seconds = self.load_seconds = 0.0

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the worker, if there is one."""
        if self.session is not None:
            self.session.close()
            self.session = None

    def load(self) -> wire.Loaded | Ended:
        """Start a worker and import the submission in it, unless a living one has."""
        if self.session is not None and self.session.alive and self.loaded is not None:
            return self.loaded
        self.stop()
        package = registry.folders()[self.assignment.id]
        drivers = (package + ".driver", *self.assignment.driver_modules)
        limits, support = self.assignment.limits, self._support(package)
        self.session = Session(self.files, self.assignment.library, drivers, limits, self.level, support)
        self.session.wait_until_ready()
        began = time.monotonic()
        self.session.started = began - self.spent
        self.loaded = self.session.load(self._request(package), self._patience())
        self.load_seconds += time.monotonic() - began
        return self.loaded

    def run(self, exercises: Sequence[Exercise]) -> list[Outcome]:
        """Outcomes in order. When the worker ends, its `Ended` is the last of them, and fewer come back than went."""
        if not exercises:
            return []
        loaded = self.load()
        if isinstance(loaded, Ended) or self.session is None:
            return [loaded if isinstance(loaded, Ended) else Ended("the worker did not start")]
        began = time.monotonic()
        self.session.started = began - self.spent
        outcomes = list(self.session.run([_message(i, e) for i, e in enumerate(exercises)]))
        self.run_seconds += time.monotonic() - began
        return outcomes

    @property
    def spent(self) -> float:
        """Seconds the submission has been waited for: neither a worker's start nor the grader's own work counts."""
        return self.load_seconds + self.run_seconds

    @property
    def out_of_time(self) -> bool:
        """Whether the submission has used up its wall time."""
        return self.spent >= self.assignment.limits.wall_submission

    def _patience(self) -> float:
        run = self.files if self.assignment.snapshots else self.entry_files.values()
        return NOTEBOOK if any(map(celltext.is_notebook, run)) else 1.0

    def _support(self, package: str) -> list[str]:
        """Files of the assignment's that this submission is given."""
        folder, prelude = _support_folder(package), self.assignment.prelude
        return [str(folder / file) for file in (*self._supplied().values(), *([prelude] if prelude else []))]

    def _request(self, package: str) -> wire.Load:
        assert self.session is not None
        folder = _support_folder(package)
        return wire.Load(
            root=self.session.root,
            files=self.entry_files,
            driver=package + ".driver",
            library=self.assignment.library,
            supplied={name: str(folder / file) for name, file in self._supplied().items()},
            prelude=str(folder / self.assignment.prelude) if self.assignment.prelude else "",
            forbidden=self.assignment.forbidden,
            forbidden_rule=self.assignment.forbidden_rule,
            snapshots=self.assignment.snapshots,
            cells_cpu=CELLS * self.assignment.limits.cpu_call,
            cells_wall=CELLS * self.assignment.limits.wall_call,
            aliases=self.assignment.aliases,
            bystanders=self.assignment.bystanders,
            adapted=tuple(self.assignment.adapted),
        )

    def _supplied(self) -> dict[str, str]:
        """Handout modules for this submission: some only for one that leaves their part out."""
        alone = {
            module: file
            for module, (file, name, others) in self.assignment.supplied_alone.items()
            if name in self.entry_files and not set(others) & self.entry_files.keys()
        }
        return {**self.assignment.supplied, **alone}


def _support_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the assignment package {package!r} is not installed")
    return Path(spec.origin).parent / "support"


def _message(number: int, exercise: Exercise) -> tuple[wire.Call, list[Array]]:
    specs = tuple(wire.describe(name, array) for name, array in exercise.arrays.items())
    call = wire.Call(number, exercise.operation, specs, exercise.seed, exercise.layout, exercise.watch)
    return call, list(exercise.arrays.values())
