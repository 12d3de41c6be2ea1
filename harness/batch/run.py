"""Shares submissions out over graders and collects one report for each, whatever happens to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from typing import NoReturn

from harness.batch import fallback, interrupt
from harness.batch.discover import Entry
from harness.batch.executors import Executor, ExecutorTrouble, Start
from harness.batch.one import Grade
from harness.batch.pool import Pool
from harness.options import Options
from harness.report import Report

LOOK = 0.2
"""Seconds between looks at whether Ctrl-C was pressed."""

OnDone = Callable[[Report], None]
OnStart = Callable[[str], None]
DIED = "the grader's own process died while it graded this submission, twice; please report this"


def grade_all(
    entries: Sequence[Entry], options: Options, jobs: int, on_done: OnDone, grade: Grade | None = None
) -> list[Report]:
    """Reports of all `entries`, in their order; see `grade_each`."""
    reports: dict[str, Report] = {}

    def keep(report: Report) -> None:
        reports[report.submission.id] = report
        on_done(report)

    grade_each(entries, options, jobs, keep, grade)
    return [reports[entry.id] for entry in entries]


def grade_each(
    entries: Sequence[Entry],
    options: Options,
    jobs: int,
    on_done: OnDone,
    grade: Grade | None = None,
    on_start: OnStart | None = None,
    start: Start = Pool,
) -> None:
    """Grade `entries`, at most `jobs` at a time, where `start` starts graders.

    `on_start` gets the name of each as it is handed out, `on_done` its report as it is finished; none is held on to.

    Raises `KeyboardInterrupt` after Ctrl-C: what `on_done` was given by then is complete, grader processes are ended.
    Raises `ExecutorTrouble` when there are no graders any more.
    """
    with interrupt.deferred() as interrupted:
        _Batch(options, max(1, min(jobs, len(entries))), on_done, grade, interrupted, on_start, start).run(entries)


class _Batch:
    """One run: how it is done, and whom it tells."""

    def __init__(
        self,
        options: Options,
        jobs: int,
        on_done: OnDone,
        grade: Grade | None,
        interrupted: Callable[[], bool],
        on_start: OnStart | None,
        start: Start,
    ) -> None:
        self.options, self.jobs, self.on_done, self.grade = options, jobs, on_done, grade
        self.interrupted, self.on_start, self.start = interrupted, on_start, start

    def run(self, entries: Sequence[Entry]) -> None:
        waiting = list(reversed(entries))
        while waiting:
            suspects = self._work_through(waiting, self.jobs)
            for entry in suspects:  # whichever killed its grader: alone, it can hurt no other
                if self._work_through([entry], 1):
                    self.on_done(fallback.grader_fault(entry, self.options, DIED))

    def _work_through(self, waiting: list[Entry], most: int) -> list[Entry]:
        """Grade from the end of `waiting` until it is empty or a grader dies; returns those it died with."""
        executor, running, suspects = self.start(most), dict[Future[Report], Entry](), list[Entry]()
        try:
            while running or (waiting and not suspects):
                if not suspects:
                    suspects += self._hand_out(executor, waiting, running)
                if running:
                    suspects += self._collect(executor, running)
        except BaseException:  # Ctrl-C, or a report that cannot be written: leave no process behind
            executor.stop()
            raise
        if suspects:
            executor.stop()
        else:
            executor.close()
        return suspects

    def _hand_out(self, executor: Executor, waiting: list[Entry], running: dict[Future[Report], Entry]) -> list[Entry]:
        """Fill every place, and no more: only what is handed out is suspect when a grader dies."""
        places = executor.places() if waiting else 0
        while waiting and len(running) < places:
            entry = waiting.pop()
            if self.on_start:
                self.on_start(entry.id)
            try:
                running[executor.submit(entry, self.options, self.grade)] = entry
            except BrokenExecutor:  # a process died since the last look
                return [entry]
        return []

    def _collect(self, executor: Executor, running: dict[Future[Report], Entry]) -> list[Entry]:
        """Finish what is done; returns what a grader died with."""
        suspects = []
        for future in self._wait(executor, running):
            entry, error = running.pop(future), future.exception()
            if isinstance(error, BrokenExecutor):
                suspects.append(entry)
            elif isinstance(error, ExecutorTrouble):
                raise error
            elif isinstance(error, Exception):
                self.on_done(fallback.grader_fault(entry, self.options, fallback.summary(error)))
            else:
                self.on_done(future.result())
        return suspects

    def _wait(self, executor: Executor, futures: Iterable[Future[Report]]) -> list[Future[Report]]:
        while True:
            if self.interrupted():
                _stop()
            executor.look()
            done = wait(futures, timeout=LOOK, return_when=FIRST_COMPLETED).done
            if done:
                return list(done)


def _stop() -> NoReturn:
    raise KeyboardInterrupt
