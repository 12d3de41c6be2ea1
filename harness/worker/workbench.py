"""A submission ready to be exercised: starts a worker when one is needed, and a fresh one after a death."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from harness import celltext, stopwatch, wire
from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.worker import isolation, starting
from harness.worker.isolation import Level
from harness.worker.session import Ended, Outcome, Session

Array = np.ndarray[Any, Any]


CELLS = 1.6
"""Time for a notebook's cells, in multiples of a call's."""
NOTEBOOK = 2.0
"""Time for loading a notebook, in multiples of a call's: its cells' and some to spare."""


TRIES = 2
"""How many calls of one submission are tried again when they did not end in time."""


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
        self.run_seconds = self.load_seconds = self.cpu_spent = 0.0
        self.tries = 0

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
        self.loaded = self._loaded()
        if self._late(self.loaded) and self.tries < TRIES:
            self.tries += 1
            before, self.load_seconds, self.cpu_spent = (self.load_seconds, self.cpu_spent), 0.0, 0.0
            self.loaded = self._loaded()
            self.load_seconds, self.cpu_spent = before
        return self.loaded

    def _loaded(self) -> wire.Loaded | Ended:
        """What a fresh worker says of the submission."""
        self.stop()
        package = registry.folders()[self.assignment.id]
        drivers = starting.drivers_of(self.assignment)
        limits, support = self.assignment.limits, self._support(package)
        with stopwatch.phase("starting"):
            self.session = Session(self.files, self.assignment.library, drivers, limits, self.level, support)
            self.session.wait_until_ready()
        with self._timed("load_seconds"):
            return self.session.load(self._request(package), self._patience())

    def run(self, exercises: Sequence[Exercise]) -> list[Outcome]:
        """Outcomes in order. When the worker ends, its `Ended` is the last of them, and fewer come back than went.

        A call that did not end in time is tried once more, alone in a fresh worker, before that counts.
        """
        outcomes = self._run(exercises)
        while self._worth_another_try(outcomes):
            self.tries += 1
            last = len(outcomes) - 1
            before = self.run_seconds, self.cpu_spent
            again = self._run(exercises[last : last + 1])
            self.run_seconds, self.cpu_spent = before  # what the grader does for fairness is not the submission's time
            if not again or isinstance(again[0], Ended):
                break
            outcomes = [*outcomes[:last], *again, *self._run(exercises[last + 1 :])]
        return outcomes

    def _worth_another_try(self, outcomes: Sequence[Outcome]) -> bool:
        return bool(outcomes) and self._late(outcomes[-1]) and self.tries < TRIES and not self.out_of_time

    @staticmethod
    def _late(outcome: Outcome | wire.Loaded) -> bool:
        return isinstance(outcome, Ended) and outcome.timeout

    def _run(self, exercises: Sequence[Exercise]) -> list[Outcome]:
        if not exercises:
            return []
        loaded = self.load()
        if isinstance(loaded, Ended) or self.session is None:
            return [loaded if isinstance(loaded, Ended) else Ended("the worker did not start")]
        with self._timed("run_seconds"):
            return list(self.session.replay(_packed(exercises), range(len(exercises))))

    @contextmanager
    def _timed(self, kind: str) -> Iterator[None]:
        """Count what happens inside as the submission's time, of the wall and of the CPU."""
        assert self.session is not None
        began, used = time.monotonic(), self.session.cpu_used()
        self.session.started = began - self.spent
        self.session.cpu_before = self.cpu_spent - used
        with stopwatch.phase("student"):
            yield
        setattr(self, kind, getattr(self, kind) + time.monotonic() - began)
        self.cpu_spent += max(self.session.cpu_used() - used, 0.0)

    @property
    def spent(self) -> float:
        """Seconds the submission has been waited for: neither a worker's start nor the grader's own work counts."""
        return self.load_seconds + self.run_seconds

    @property
    def out_of_time(self) -> bool:
        """Whether the submission has used up its time."""
        limits = self.assignment.limits
        return self.spent >= limits.wall_submission or self.cpu_spent >= limits.cpu_submission

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


_frames: dict[int, tuple[Sequence[Exercise], bytes]] = {}
"""By the identity of the exercises, which are kept so that no other ones get it."""
MOST_KEPT = 64


def _packed(exercises: Sequence[Exercise]) -> bytes:
    """The exercises as the worker gets them, numbered from 0; a tuple's are kept, for it is run on every submission."""
    if not isinstance(exercises, tuple):
        return b"".join(wire.frames(list(map(_message, count(), exercises))))
    if id(exercises) not in _frames:
        while len(_frames) >= MOST_KEPT:
            del _frames[next(iter(_frames))]
        _frames[id(exercises)] = exercises, _packed(list(exercises))
    return _frames[id(exercises)][1]


def _message(number: int, exercise: Exercise) -> tuple[wire.Call, list[Array]]:
    specs = tuple(wire.describe(name, array) for name, array in exercise.arrays.items())
    call = wire.Call(number, exercise.operation, specs, exercise.seed, exercise.layout, exercise.watch)
    return call, list(exercise.arrays.values())
