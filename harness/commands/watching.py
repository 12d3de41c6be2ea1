"""Checks a submission again whenever it is saved, and only what the change can reach."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer

from harness.options import Options

if TYPE_CHECKING:
    from harness.report import EntryPointReport, Report
    from harness.submission import Submission

LOOK = 0.3
"""Seconds between looks at the files; a change is taken up when two looks see the same."""

Check = Callable[["Submission", Options], "Report"]
Show = Callable[["Report"], None]


def saved(place: Path, pause: Callable[[float], None] = time.sleep) -> Iterator[Submission | str]:
    """What is handed in, now and after every change; or, while it cannot be read, the sentence why."""
    from harness.submission import Unreadable, read

    told = before = None
    while True:
        found: Submission | str
        try:
            found = read(place)
            now = found.sha256
        except Unreadable as error:
            found = now = str(error)
        if now != told and (now == before or told is None):
            told = now
            yield found
        before = now
        pause(LOOK)


class Watcher:
    """What is known of a submission that changes."""

    def __init__(self, options: Options, check: Check, show: Show) -> None:
        self.options, self.check, self.show = options, check, show
        self.digests: dict[str, str] = {}
        self.known: dict[str, EntryPointReport] = {}

    def look(self, state: Submission | str, assignment_id: str | None) -> None:
        """Check and show what differs from the last time; nothing where only words or spaces do."""
        from harness.assignments import registry
        from harness.dependence import digests
        from harness.recognising import Unrecognised, recognise
        from harness.selection import selected

        if isinstance(state, str):
            typer.echo(f"harness: {state}", err=True)
            return
        try:
            chosen = registry.get(assignment_id) if assignment_id else recognise(state, registry.every())
        except Unrecognised as error:
            typer.echo(f"harness: {error}", err=True)
            return
        now = digests(chosen, {file.name: file.data for file in state.files})
        asked = [name for name in now if selected(self.options.only, name)]
        changed = [name for name in asked if now[name] != self.digests.get(name)]
        if changed:
            self._check(state, changed, asked)
            self.digests = now

    def _check(self, state: Submission, changed: list[str], asked: list[str]) -> None:
        """Check what changed, as it was seen; where nothing is known of the others, all."""
        from harness.reporting.wording import entry_mark

        everything = len(changed) == len(asked) or not self.known
        options = self.options if everything else msgspec.structs.replace(self.options, only=tuple(changed))
        typer.echo(f"\n── {time.strftime('%H:%M:%S')} " + "─" * 40)
        report = self.check(state, options)
        self.show(report)
        self.known = ({} if everything else self.known) | {e.name: e for e in report.entry_points}
        others = [e for name, e in self.known.items() if name not in changed] if not everything else []
        if others:
            typer.echo("Not touched by the change: " + ", ".join(f"{entry_mark(e)} {e.name}" for e in others))
        if report.status != "graded":
            self.known = {}
