"""What a person types: check, grade, assignments. Heavy imports stand inside the commands."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

import harness
from harness.options import Options
from harness.reporting.hinting import Level, limited

if TYPE_CHECKING:
    from rich.console import Console

    from harness.assignments.contract import Assignment
    from harness.batch.discover import Entry, Found
    from harness.report import Report

ALL_PASS, SOMETHING_FAILED, WRONG_USAGE, NOT_JUDGED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes."""
DEFAULTS = Options()

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

AssignmentId = Annotated[
    str | None,
    typer.Option("--assignment", "-a", metavar="ID", help="The assignment; `harness assignments` lists them."),
]
Seed = Annotated[str, typer.Option(metavar="TEXT", help="Any text; it fixes every case. A course keeps its own.")]
Cases = Annotated[int, typer.Option(min=1, metavar="N", help="Cases each entry point is judged on.")]
RubricFile = Annotated[str | None, typer.Option("--rubric", metavar="FILE", help="TOML file with points and weights.")]
Attempt = Annotated[
    str | None,
    typer.Option(metavar="N|NAME", help="Of several attempts in one submission, this one; else the latest."),
]
Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Judge just this entry point; repeat it, or write a pattern such as 'rnn_*'."),
]
Hints = Annotated[
    Level,
    typer.Option(
        metavar="none|steps|full",
        help="How much a report gives away: the verdict alone, where to look and a question, or the mistake's name.",
    ),
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Say how a named mistake is mended, too.")]
Hide = Annotated[bool, typer.Option("--hide-expected", help="Show what came, not what was expected.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"harness {harness.__version__}")
        raise typer.Exit(ALL_PASS)


@app.callback(no_args_is_help=True)
def main(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and stop.")
    ] = False,
) -> None:
    """Load any student's RNN homework; prove it right, or show exactly where and why it is wrong."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows a question mark


@app.command()
def check(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="A .py file, a folder or an archive: what one student hands in.")
    ],
    assignment: AssignmentId = None,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
    rubric: RubricFile = None,
    hide_expected: Hide = False,
    attempt: Attempt = None,
    only: Only = None,
    hints: Hints = "full",
    reveal: Reveal = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Write report files there too.")] = None,
) -> None:
    """Check one submission and say what is wrong with it.

    \b
    Examples:
      harness check rnn_layers.py
      harness check my_homework/ --assignment mytorch
      harness check homework.zip
      harness check quiz10.py --seed "another set of cases" --out my_report

    \b
    Exit code: 0 everything passes, 1 something fails, 2 wrong usage, 3 could not be judged.
    """
    place = _place(path)
    options = _options(seed, cases, hide_expected, rubric, assignment, attempt, only, reveal)
    try:
        report, code = _checked(place, options, assignment)
        report = limited(report, hints)
        _show_one(report)
        if out:
            _write_one(report, Path(out))
    except KeyboardInterrupt:
        _stop("stopped; nothing was decided", INTERRUPTED)
    raise typer.Exit(code)


@app.command()
def explain(
    path: Annotated[str, typer.Argument(metavar="PATH", help="What one student hands in.")],
    entry_point: Annotated[str, typer.Argument(metavar="ENTRY_POINT", help="The function or method to look at.")],
    assignment: AssignmentId = None,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
    hide_expected: Hide = False,
    attempt: Attempt = None,
    hints: Hints = "full",
    reveal: Reveal = False,
) -> None:
    """Walk through one failure at length: where it is wrong, how far a gradient gets, every number.

    \b
    Examples:
      harness explain rnn_layers.py rnn_backward
      harness explain my_homework/ RNNCell.backward --reveal

    \b
    Exit code: as for check.
    """
    from rich.console import Console

    from harness.reporting.explaining import explain as print_all

    place = _place(path)
    options = _options(seed, cases, hide_expected, None, assignment, attempt, [entry_point], reveal)
    report, code = _checked(place, options, assignment)
    if report.status != "graded":
        _show_one(report)
    for entry in limited(report, hints).entry_points:
        print_all(Console(), entry)
    raise typer.Exit(code)


@app.command()
def grade(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="A folder with one file, folder or archive per submission.")
    ],
    assignment: AssignmentId = None,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where reports and gradebook go.")] = "reports",
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="Submissions graded at once.")
    ] = None,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
    rubric: RubricFile = None,
    hide_expected: Hide = False,
    attempt: Attempt = None,
    only: Only = None,
    hints: Hints = "full",
    reveal: Reveal = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="One line for each submission.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no table.")] = False,
) -> None:
    """Grade every submission in a folder: a report for each, and a gradebook.

    \b
    Examples:
      harness grade submissions
      harness grade inbox --assignment cs231n --seed "our secret" --out graded
      harness grade inbox -a mytorch --rubric points.toml --jobs 2 -v

    A folder of folders called like assignments is graded whole. Exit code: 0 when the batch is complete,
    whatever the grades; 2 wrong usage; 3 reports could not be written; 130 stopped.
    """
    from rich.console import Console

    place, target = _place(folder), Path(out)
    options = _options(seed, cases, hide_expected, rubric, assignment, attempt, only, reveal)
    found = _submissions(place, target, assignment)
    reports = _graded(found.entries, options, jobs or _cores(), target, hints=hints, verbose=verbose, quiet=quiet)
    _show_batch(Console(), reports, found, target, quiet)


@app.command()
def audit(
    assignment: Annotated[str | None, typer.Argument(metavar="[ASSIGNMENT]", help="One assignment; else all.")] = None,
    right: Annotated[
        str | None, typer.Option(metavar="DIR", help="A folder of programs known to be right, one .py file each.")
    ] = None,
    mutants: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="How many mutants, drawn at random; all unless given.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=0, metavar="N", help="Pairs of misconceptions to try besides.")] = 0,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where the matrix goes: JSON, CSV and a page.")] = "reports",
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="Programs at once.")] = None,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
) -> None:
    """Grade the grader: which wrong programs are caught, by which property, and do right ones pass?

    \b
    Examples:
      harness audit cs231n
      harness audit mytorch --right my_solutions --pairs 50 --out audit

    \b
    Exit code: 0 nothing wrong passes and nothing right fails, 1 otherwise, 2 wrong usage.
    """
    from rich.console import Console

    from harness.assignments import registry
    from harness.audit import showing
    from harness.audit.command import audited

    options = _options(seed, cases, False, None, assignment, None)
    folder = _place(right) if right else None
    good = True
    for name in [assignment] if assignment else list(registry.folders()):
        found = audited(name, folder, mutants, pairs, options, jobs or _cores())
        showing.show(found, Console())
        showing.write(found, Path(out) / "audit" / name)
        good = good and not found.missed and not found.false_failures
    typer.echo(f"The matrix: {Path(out) / 'audit'}")
    raise typer.Exit(ALL_PASS if good else SOMETHING_FAILED)


@app.command()
def assignments() -> None:
    """List what can be graded: entry points, points, conventions."""
    from harness.assignments import registry

    for assignment in registry.every():
        typer.echo(f"{assignment.id}: {assignment.title}")
        for entry in assignment.entry_points:
            typer.echo(f"  {entry.points:g} points  {entry.signature}")
        for convention in assignment.conventions:
            typer.echo(f"  - {convention}")
        typer.echo()


def _checked(place: Path, options: Options, assignment_id: str | None) -> tuple[Report, int]:
    """The report about one submission, and the exit code it means."""
    from harness.assignments import registry
    from harness.attempts import NoSuchAttempt, narrowed
    from harness.batch import fallback
    from harness.batch.discover import Entry
    from harness.batch.one import grade_entry
    from harness.selection import NothingSelected, demand_known
    from harness.submission import Unreadable, Unrecognised, clean, name_of, read, recognise

    try:
        submission = read(place)
        known = registry.every()
        chosen = registry.get(assignment_id) if assignment_id else recognise(submission, known)
        demand_known(options.only, [chosen])
        if options.attempt:
            narrowed(submission, chosen, options.attempt)
    except (NoSuchAttempt, NothingSelected, Unrecognised) as error:
        _stop(f"{place}: {error}", WRONG_USAGE)
    except Unreadable as error:
        entry = Entry(name_of(place), clean(str(place)), assignment_id)
        return fallback.load_error(entry, options, str(error)), NOT_JUDGED
    report = grade_entry(Entry(submission.id, str(place), chosen.id), options)
    return report, exit_code(report)


def exit_code(report: Report) -> int:
    """What `harness check` ends with. A submission that cannot be loaded fails by its own fault."""
    statuses = {entry.status for entry in report.entry_points}
    if report.status == "grader_fault":
        return NOT_JUDGED
    if report.status == "load_error" or statuses - {"pass", "precision", "not_judged"}:
        return SOMETHING_FAILED
    return NOT_JUDGED if "not_judged" in statuses or not statuses else ALL_PASS


def _graded(
    entries: Sequence[Entry], options: Options, jobs: int, out: Path, *, hints: Level, verbose: bool, quiet: bool
) -> list[Report]:
    """Grade a batch; every report is written as soon as it is there."""
    from rich.console import Console

    from harness.batch.progress import shown
    from harness.batch.run import grade_all
    from harness.reporting.write import write_report, write_summary

    done = 0
    try:
        with shown(Console(stderr=True), len(entries), verbose, quiet) as progress:

            def on_done(report: Report) -> None:
                nonlocal done
                write_report(limited(report, hints), out)
                done += 1
                progress.done(report)

            reports = grade_all(entries, options, jobs, on_done)
        write_summary(reports, out)
    except KeyboardInterrupt:
        _stop(f"stopped: {done} of {len(entries)} submissions are graded, their reports are in {out}", INTERRUPTED)
    except OSError as error:
        _stop(f"cannot write reports in {out}: {error}; {done} of {len(entries)} are complete", NOT_JUDGED)
    return reports


def _show_batch(console: Console, reports: Sequence[Report], found: Found, out: Path, quiet: bool) -> None:
    from harness.reporting.terminal import gradebook_table

    if not quiet:
        console.print(gradebook_table(reports))
        for status, words in (("load_error", "could not be loaded"), ("grader_fault", "met a fault of the grader")):
            names = [report.submission.id for report in reports if report.status == status]
            if names:
                typer.echo(f"{len(names)} {words}: {_listed(names)}")
        if found.skipped:
            typer.echo(f"Not taken for submissions: {_listed(found.skipped)}")
    typer.echo(f"The class at a glance: {out / 'summary.html'}")
    typer.echo(f"Grades to import:      {out / 'gradebook.csv'}")


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return "".join(c if c.isprintable() else "?" for c in ", ".join(names[:most])) + more


def _submissions(folder: Path, out: Path, assignment: str | None) -> Found:
    """What `grade` is to work on, with the folder for reports made. Ends the program on wrong usage."""
    from harness.assignments import registry
    from harness.batch.discover import discover

    if not folder.is_dir():
        _stop(f"{folder} is a file; for one submission there is: harness check {folder}", WRONG_USAGE)
    if out.resolve() == folder.resolve():
        _stop(f"reports cannot go into the folder of submissions itself ({out}); choose another --out", WRONG_USAGE)
    try:
        found = discover(folder, out, registry.folders(), assignment)
    except OSError as error:
        _stop(f"{folder} cannot be listed: {error.strerror}", WRONG_USAGE)
    if not found.entries:
        others = f"; it has only {_listed(found.skipped)}" if found.skipped else ""
        _stop(f"{folder} holds no submissions, one .py file, folder or archive each{others}", WRONG_USAGE)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _stop(f"--out {out} is no folder to write to: {error.strerror}", WRONG_USAGE)
    return found


def _place(path: str) -> Path:
    """`path` as it was typed, or what it leads to when it is a link. Ends the program when nothing is there."""
    place = Path(path)
    try:
        exists = place.exists()
    except (OSError, ValueError) as error:  # a name too long, or with a null byte
        _stop(f"{path!r} is not a path: {error}", WRONG_USAGE)
    if not exists:
        _stop(f"{path} is not there; expected a file or a folder", WRONG_USAGE)
    return place.resolve() if place.is_symlink() or place.name in ("", "..") else place


def _options(
    seed: str,
    cases: int,
    hide_expected: bool = False,
    rubric: str | None = None,
    assignment: str | None = None,
    attempt: str | None = None,
    only: Sequence[str] | None = None,
    reveal: bool = False,
) -> Options:
    from harness.assignments import registry
    from harness.properties.offered import offered
    from harness.rubric import RubricError, load
    from harness.selection import NothingSelected, demand_known

    try:
        known: list[Assignment] = [registry.get(assignment)] if assignment else registry.every()
        demand_known(only or (), known)
        chosen = load(Path(rubric), known, offered) if rubric else None
        return Options(seed, cases, hide_expected, chosen, attempt, reveal, tuple(only or ()))
    except (LookupError, RubricError, NothingSelected) as error:
        _stop(str(error.args[0]), WRONG_USAGE)


def _show_one(report: Report) -> None:
    from rich.console import Console

    from harness.reporting.terminal import print_report

    print_report(Console(), report)


def _write_one(report: Report, out: Path) -> None:
    from harness.reporting.write import write_report

    try:
        out.mkdir(parents=True, exist_ok=True)
        write_report(report, out)
    except OSError as error:
        _stop(f"cannot write the report in {out}: {error}", NOT_JUDGED)
    typer.echo(f"The report is in {out}")


def _cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(f"harness: {message}", err=True)
    raise typer.Exit(code)
