"""Runs a notebook's cells in order in one namespace; a cell that raises or never ends does not hide the later ones."""

from __future__ import annotations
import __future__

import ast
import linecache
import os
import signal
import time
from types import CodeType, FrameType
from typing import Any

from harness import celltext
from harness.wire import Failure
from harness.worker.inside.bystanders import Absorbing
from harness.worker.inside.failures import failure_of

SHARE = 0.25
"""How much of the time left one statement may take: however many never end, later ones get some."""
AGAIN = 0.05
"""Seconds until a statement that swallowed its interruption is interrupted again."""
MAX_FAILURES = 50
POSTPONED = __future__.annotations.compiler_flag
"""What `from __future__ import annotations` in one cell means for the later ones."""

DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class Abandoned(BaseException):
    """A statement took too long. Not an `Exception`, so that few handlers catch it."""


def surroundings() -> dict[str, Any]:
    """Names that IPython puts in a notebook's namespace, doing nothing here."""
    return {name: Absorbing("IPython") for name in ("get_ipython", "display", "exit", "quit")}


class Notebook:
    """Runs cells; keeps the first failure of each, by the cell's place. Times in seconds, for all cells together."""

    def __init__(self, root: str, cpu: float, wall: float) -> None:
        self.root, self.cpu, self.wall = root, cpu, wall
        self.limit = cpu, wall
        self.failures: dict[str, Failure] = {}
        self.flags = 0
        self.running = False

    def run(self, file: str, text: str, namespace: dict[str, Any]) -> None:
        """Run the cells of `text` in `namespace`."""
        for cell in celltext.cells(text):
            self._cell(celltext.place(file, cell.number), cell.code, namespace)

    def _cell(self, place: str, code: str, namespace: dict[str, Any]) -> None:
        """Run one cell. After a failure, what it defines and imports further on still counts."""
        path = os.path.join(self.root, place)
        linecache.cache[path] = (len(code), None, code.splitlines(keepends=True), path)
        try:
            statements = ast.parse(code, path).body
        except BaseException as error:
            self._failed(place, error)
            return
        whole = True
        for statement in statements:
            if not whole and not isinstance(statement, DEFINES):
                continue
            try:
                self._statement(compile(ast.Module([statement], []), path, "exec", self.flags, True), namespace)
            except BaseException as error:
                self._stop()
                self._failed(place, error)
                absent = isinstance(error, ImportError) and isinstance(statement, ast.Import | ast.ImportFrom)
                whole = whole and absent

    def _failed(self, place: str, error: BaseException) -> None:
        if place not in self.failures and len(self.failures) < MAX_FAILURES:
            self.failures[place] = failure_of(error, self.root)

    def _statement(self, code: CodeType, namespace: dict[str, Any]) -> None:
        self.flags |= code.co_flags & POSTPONED
        cpu, wall = time.process_time(), time.monotonic()
        self.limit = self.cpu * SHARE, self.wall * SHARE
        try:
            self.running = True
            for signum in (signal.SIGPROF, signal.SIGALRM):  # each time: the statement before may have changed them
                signal.signal(signum, self._late)
            signal.setitimer(signal.ITIMER_PROF, self.limit[0], AGAIN)
            signal.setitimer(signal.ITIMER_REAL, self.limit[1], AGAIN)
            exec(code, namespace)  # noqa: S102 - the student's own, on the student's side of the wall
        finally:
            self._stop()
            self.cpu = max(self.cpu - (time.process_time() - cpu), 0.01)
            self.wall = max(self.wall - (time.monotonic() - wall), 0.01)

    def _stop(self) -> None:
        self.running = False
        for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)

    def _late(self, signum: int, frame: FrameType | None) -> None:
        if self.running:
            # no number: how much is left for a cell hangs on how long those before it took
            raise Abandoned(
                "it was stopped after its share of the time of all cells; a grader has no time for training"
            )
