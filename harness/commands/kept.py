"""The commands about what a batch has left behind: reports made again, points set by hand."""

from __future__ import annotations

import datetime
import getpass
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.commands import completing
from harness.commands.asking import ALL_PASS, NOT_JUDGED, WRONG_USAGE, printable, stop
from harness.reporting.hinting import LEVELS, Level, limited

if TYPE_CHECKING:
    from harness.batch.store import Store
    from harness.report import EntryPointReport, Report

SameHints = Annotated[
    Level | None,
    typer.Option(metavar="none|steps|full", help="How much a report gives away; as in the last batch unless named."),
]
Out = Annotated[str, typer.Argument(metavar="DIR", help="The folder that `harness grade --out` named.")]


def report(out: Out = "reports", hints: SameHints = None) -> None:
    """Make all reports and the gradebook again. They come from the stored verdicts; nothing is graded.

    \b
    Examples:
      harness report
      harness report graded --hints steps

    \b
    Exit code: 0 they are there; 2 wrong usage; 3 no verdicts there, or they cannot be read, or reports not written.
    """
    with stored(Path(out)) as store:
        count, waiting = _written(store, Path(out), hints)
    typer.echo(f"{count} reports and the gradebook are in {out}")
    if waiting:
        typer.echo(f"Not graded yet, and not in the gradebook: {some(waiting)}. `harness grade` goes on with them.")
    raise typer.Exit(ALL_PASS)


def override(
    submission: Annotated[str, typer.Argument(metavar="SUBMISSION", help="Its name in the gradebook.")],
    entry_point: Annotated[
        str,
        typer.Argument(metavar="ENTRY_POINT", help="The function or method.", autocompletion=completing.entry_points),
    ],
    points: Annotated[float | None, typer.Argument(metavar="POINTS", min=0, help="What it is to earn.")] = None,
    comment: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the report.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides; the user's name unless given.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take an earlier decision back.")] = False,
    out: Annotated[str, typer.Option(metavar="DIR", help="The folder with the reports.")] = "reports",
    hints: SameHints = None,
) -> None:
    """Set the points of one entry point by hand. It survives grading again, and the report says who did it and why.

    \b
    Examples:
      harness override s07 rnn_backward 2 --comment "right idea, see mail"
      harness override s07 rnn_backward --withdraw

    \b
    Exit code: 0 it is done; 2 wrong usage: no such submission or entry point, more points than it is worth; 3 no
    verdicts there, or they cannot be read, or reports not written.
    """
    with stored(Path(out)) as store:
        if withdraw:
            if not store.withdraw(submission, entry_point):
                stop(f"nobody has set the points of {entry_point} in {submission}", WRONG_USAGE)
        elif points is None:
            stop("POINTS is missing: how many, or --withdraw", WRONG_USAGE)
        else:
            _set(store, submission, entry_point, points, comment, by)
        _written(store, Path(out), hints)
    typer.echo(f"{submission}: {entry_point} {'is as graded again' if withdraw else f'earns {points:g} of its points'}")
    raise typer.Exit(ALL_PASS)


def _set(store: Store, submission: str, entry_point: str, points: float, comment: str, by: str) -> None:
    from harness.report import Override

    verdict = store.verdict(submission)
    if verdict is None:
        stop(f"no submission is called {submission!r} here; known are {some(store.graded())}", WRONG_USAGE)
    known = {e.name: e for e in verdict.report.entry_points}
    if entry_point not in known:
        stop(f"{submission} has no entry point {entry_point!r}; it has {', '.join(known)}", WRONG_USAGE)
    possible = _possible(verdict.report, known[entry_point])
    if points > possible:
        stop(f"{entry_point} is worth {possible:g} points; {points:g} is more", WRONG_USAGE)
    today = datetime.datetime.now().astimezone().date().isoformat()
    about = verdict.report.submission.sha256
    who = by or getpass.getuser()
    store.override(submission, Override(entry_point, points, possible, who, today, comment, of=about))


def _possible(report: Report, entry: EntryPointReport) -> float:
    """What an entry point is worth; what could not be judged has no points in its report."""
    from harness.assignments import registry

    if entry.points.possible or report.assignment is None:
        return entry.points.possible
    return registry.get(report.assignment).entry_point(entry.name).points


def some(names: Iterable[str], most: int = 6) -> str:
    """The first of these names, and how many more there are."""
    listed = sorted(map(printable, names))
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")


def last_hints(store: Store) -> Level:
    """How much the last batch's reports give away; nothing where that is not known."""
    known = store.hints()
    return next((level for level in LEVELS if level == known), "none")


def _written(store: Store, out: Path, hints: Level | None) -> tuple[int, list[str]]:
    """Write everything again; how many reports there are, and what has none yet."""
    from harness.batch import keeping
    from harness.reporting.condensing import condensed
    from harness.reporting.write import write_report, write_summary

    level: Level = hints if hints is not None else last_hints(store)

    def every() -> Iterator[Report]:
        for report in keeping.rebuilt(store):
            write_report(limited(report, level), out)
            yield report

    try:
        reports = list(condensed(every()))
        write_summary(reports, out, level)
    except OSError as error:
        stop(f"cannot write reports in {out}: {error}", NOT_JUDGED)
    return len(reports), keeping.waiting(store)


@contextmanager
def stored(out: Path) -> Iterator[Store]:
    """The store of a folder of reports. Ends the program where it cannot be used."""
    from harness.batch.store import StoreTrouble, opened

    try:
        with opened(out, there=True) as store:
            yield store
    except StoreTrouble as trouble:
        stop(str(trouble), NOT_JUDGED)
