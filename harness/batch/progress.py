"""How far a batch has come: a live bar in a terminal, a plain line now and then anywhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from harness.report import Report

PLAIN_EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


class Shown(Protocol):
    """What a batch tells about each finished submission."""

    def done(self, report: Report) -> None: ...


class Counts:
    """How many are done and how many did not pass; also what is shown with `--quiet`: nothing."""

    def __init__(self, total: int) -> None:
        self.total, self.finished, self.failing, self.started = total, 0, 0, time.monotonic()

    def done(self, report: Report) -> None:
        """Count one finished submission."""
        self.finished += 1
        self.failing += not report.passed

    def line(self) -> str:
        """Where the batch stands, in one line."""
        rate = self.finished / max(time.monotonic() - self.started, 1e-9)
        left = self.total - self.finished
        remaining = f", about {_duration(left / rate)} remaining" if rate and left else ""
        return f"{self.finished} of {self.total} done, {self.failing} not passing, {rate:.1f} per second{remaining}"


class Lines(Counts):
    """A plain line every few seconds, and, if asked, one for each submission."""

    def __init__(self, console: Console, total: int, verbose: bool, every: float = PLAIN_EVERY) -> None:
        super().__init__(total)
        self.console, self.verbose, self.every, self.last = console, verbose, every, self.started

    def done(self, report: Report) -> None:
        """Count one, and say so when it is time."""
        super().done(report)
        if self.verbose:
            _print(self.console, outcome(report))
        if time.monotonic() - self.last >= self.every or self.finished == self.total:
            self.last = time.monotonic()
            _print(self.console, self.line())


class Bar(Counts):
    """A live bar."""

    def __init__(self, progress: Progress, total: int, verbose: bool) -> None:
        super().__init__(total)
        self.progress, self.verbose = progress, verbose
        self.task = progress.add_task("Grading", total=total, failing=0)

    def done(self, report: Report) -> None:
        """Count one and move the bar."""
        super().done(report)
        if self.verbose:
            _print(self.progress.console, outcome(report))
        self.progress.update(self.task, advance=1, failing=self.failing)


@contextmanager
def shown(console: Console, total: int, verbose: bool, quiet: bool) -> Iterator[Shown]:
    """What fits the place: nothing, a bar, or lines."""
    if quiet:
        yield Counts(total)
    elif console.is_terminal:
        with _progress(console) as progress:
            yield Bar(progress, total, verbose)
    else:
        yield Lines(console, total, verbose)


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def outcome(report: Report) -> str:
    """One finished submission in one line."""
    if report.status != "graded":
        return f"{report.submission.id}: {report.status.replace('_', ' ')}: {report.message}"
    earned = "not judged" if report.score.earned is None else f"{report.score.earned:g} of {report.score.possible:g}"
    return f"{report.submission.id}: {earned}{'' if report.passed else ', not passing'}"


def _print(console: Console, line: str) -> None:
    """Names come from students: nothing in them may steer the terminal."""
    safe = "".join(c if c.isprintable() else "?" for c in line)
    console.print(safe, markup=False, highlight=False, soft_wrap=True)


def _progress(console: Console) -> Progress:
    count = TextColumn("[red]{task.fields[failing]} not passing")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), count, _Rate())
    return Progress(*columns, TimeRemainingColumn(), TextColumn("remaining"), console=console)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Submissions per second."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} per second")
