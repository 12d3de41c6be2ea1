"""Shares submissions out over grader processes and collects one report for each, whatever happens to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import NoReturn

from harness.batch import fallback, interrupt
from harness.batch.discover import Entry
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
    entries: Sequence[Entry],
    options: Options,
    jobs: int,
    on_done: OnDone,
    grade: Grade | None = None,
    on_start: OnStart | None = None,
) -> list[Report]:
    """Reports of all `entries`, in their order; `on_start` gets the name of each as it is begun, and
    `on_done` its report as it is finished.

    Raises `KeyboardInterrupt` after Ctrl-C: what `on_done` was given by then is complete, grader processes are ended.
    """
    with interrupt.deferred() as interrupted:
        return _Batch(options, max(1, min(jobs, len(entries))), on_done, grade, interrupted, on_start).run(entries)


class _Batch:
    """One run: the pool in use and the reports so far, by id."""

    def __init__(
        self,
        options: Options,
        jobs: int,
        on_done: OnDone,
        grade: Grade | None,
        interrupted: Callable[[], bool],
        on_start: OnStart | None,
    ) -> None:
        self.options, self.jobs, self.on_done, self.grade = options, jobs, on_done, grade
        self.interrupted, self.on_start = interrupted, on_start
        self.reports: dict[str, Report] = {}

    def run(self, entries: Sequence[Entry]) -> list[Report]:
        waiting = list(reversed(entries))
        while waiting:
            suspects = self._work_through(waiting, self.jobs)
            for entry in suspects:  # whichever killed its grader: alone, it can hurt no other
                if self._work_through([entry], 1):
                    self._finish(fallback.grader_fault(entry, self.options, DIED))
        return [self.reports[entry.id] for entry in entries]

    def _work_through(self, waiting: list[Entry], processes: int) -> list[Entry]:
        """Grade from the end of `waiting` until it is empty or a process dies; returns those it died with."""
        pool, running = Pool(processes), dict[Future[Report], Entry]()
        try:
            while waiting or running:
                suspects = self._hand_out(pool, waiting, running, processes) or self._collect(running)
                if suspects:
                    pool.stop()
                    return suspects
        except BaseException:  # Ctrl-C, or a report that cannot be written: leave no process behind
            pool.stop()
            raise
        pool.close()
        return []

    def _hand_out(
        self, pool: Pool, waiting: list[Entry], running: dict[Future[Report], Entry], processes: int
    ) -> list[Entry]:
        """Give every idle process something to do, and no more: only what runs is suspect when a process dies."""
        while waiting and len(running) < processes:
            entry = waiting.pop()
            if self.on_start:
                self.on_start(entry.id)
            try:
                running[pool.submit(entry, self.options, self.grade)] = entry
            except BrokenProcessPool:  # a process died since the last look
                return [entry, *_drain(running)]
        return []

    def _collect(self, running: dict[Future[Report], Entry]) -> list[Entry]:
        """Finish what is done; when a process died, everything that was running is suspect."""
        done = self._wait(running)
        broken = [running[future] for future in done if isinstance(future.exception(), BrokenProcessPool)]
        for future in done:
            entry = running.pop(future)
            if entry not in broken:
                self._finish(self._result(future, entry))
        return broken and [*broken, *_drain(running)]

    def _wait(self, futures: Iterable[Future[Report]]) -> list[Future[Report]]:
        while True:
            if self.interrupted():
                _stop()
            done = wait(futures, timeout=LOOK, return_when=FIRST_COMPLETED).done
            if done:
                return list(done)

    def _result(self, future: Future[Report], entry: Entry) -> Report:
        error = future.exception()
        return fallback.grader_fault(entry, self.options, fallback.summary(error)) if error else future.result()

    def _finish(self, report: Report) -> None:
        self.reports[report.submission.id] = report
        self.on_done(report)


def _drain(running: dict[Future[Report], Entry]) -> list[Entry]:
    rest = list(running.values())
    running.clear()
    return rest


def _stop() -> NoReturn:
    raise KeyboardInterrupt
