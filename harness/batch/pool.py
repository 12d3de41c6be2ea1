"""Grader processes: started on demand, deaf to Ctrl-C, gone as soon as the coordinator is."""

from __future__ import annotations

import contextlib
import gc
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from harness.batch import cores
from harness.batch.discover import Entry
from harness.batch.one import Grade, grade_entry
from harness.options import Options
from harness.report import Report

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

GRACE = 5.0
"""Seconds a grader gets to end the student's process and remove its folder before it goes."""

AHEAD = 1
"""Submissions that wait in the pool, so that no grader waits while the coordinator writes a report."""

SAFE = "PYTHONSAFEPATH"

TIDY = 32
"""Submissions after which a grader looks for garbage in cycles, among what is new since then: there is little of it,
and looking through all that a grader keeps, again and again, took a twentieth of its time."""

_idle = threading.Event()
_graded = itertools.count(1)


class Pool:
    """Some grader processes. `stop` ends them at once, `close` when they are idle."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        context = multiprocessing.get_context("spawn")  # a fork would copy torch's threads in a broken state
        self._leash_end, self._leash = context.Pipe(duplex=False)
        with _nothing_from_the_working_folder():  # a process that looks after the others starts here
            given = (self._leash_end, cores.one_for_each(processes, context))
            self._executor = ProcessPoolExecutor(processes, context, _prepare, given)

    def places(self) -> int:
        """One submission for every process, and what waits."""
        return self._processes + AHEAD

    def look(self) -> None:
        """A process that dies shows in the futures."""

    def submit(self, entry: Entry, options: Options, grade: Grade | None) -> Future[Report]:
        """Have `entry` graded. The future raises `BrokenProcessPool` when a grader process dies."""
        with _nothing_from_the_working_folder():  # processes start when there is something for them
            return self._executor.submit(_task, entry, options, grade)

    def close(self) -> None:
        """Let the processes end; waits for work in progress."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._leash.close()
        self._leash_end.close()

    def stop(self) -> None:
        """End the processes now: they see the end of the leash, as they would if the coordinator were killed."""
        self._leash.close()
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._leash_end.close()


@contextlib.contextmanager
def _nothing_from_the_working_folder() -> Iterator[None]:
    """A process that is started meanwhile imports nothing from the folder we are in: submissions, perhaps."""
    before = os.environ.get(SAFE)
    os.environ[SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE]
        else:
            os.environ[SAFE] = before


def _task(entry: Entry, options: Options, grade: Grade | None) -> Report:
    _idle.clear()
    try:
        return grade_entry(entry, options, grade)
    finally:
        if next(_graded) % TIDY == 0:
            gc.collect()
            gc.freeze()
        _idle.set()


def _prepare(leash: Connection, offered: SimpleQueue[int] | None) -> None:
    """Runs first in each grader process."""
    cores.take(offered)
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; only the coordinator decides
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # unwind, so that the student's process is ended too
    _idle.set()
    threading.Thread(target=_follow, args=(leash,), daemon=True).start()


def _follow(leash: Connection) -> None:
    """Wait for the coordinator to let go, interrupt what is being graded, and leave."""
    with contextlib.suppress(EOFError, OSError):  # nothing is ever sent: this ends when the other end is closed
        leash.recv_bytes()
    if not _idle.is_set():
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        _idle.wait(GRACE)
    os._exit(0)
