"""The command about a folder of submissions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from harness import stopwatch
from harness.commands.asking import (
    DEFAULTS,
    INTERRUPTED,
    NOT_JUDGED,
    WRONG_USAGE,
    AssignmentId,
    Attempt,
    Cases,
    Hide,
    Hints,
    Isolation,
    Only,
    Profile,
    Reveal,
    RubricFile,
    Seed,
    folder_for,
    kept_apart,
    options_of,
    place_of,
    printable,
    stop,
)
from harness.commands.elsewhere import (
    Authority,
    Certificate,
    Executor,
    Key,
    Place,
    Scheduler,
    demand_sense,
    graders,
    most,
)
from harness.options import Options
from harness.reporting.hinting import Level, limited

if TYPE_CHECKING:
    from rich.console import Console

    from harness.batch.discover import Entry, Found
    from harness.batch.executors import Start
    from harness.batch.keeping import Plan
    from harness.batch.store import Store
    from harness.report import Report


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
    isolation: Isolation = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Grade everything again, even what has not changed.")] = False,
    executor: Executor = "local",
    scheduler: Scheduler = "",
    tls_ca_file: Authority = "",
    tls_cert: Certificate = "",
    tls_key: Key = "",
    profile: Profile = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="One line for each submission.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no table.")] = False,
) -> None:
    """Grade every submission in a folder. There will be a report for each, and a gradebook.

    \b
    Examples:
      harness grade submissions
      harness grade inbox --assignment cs231n --seed "our secret" --out graded
      harness grade inbox -a mytorch --rubric points.toml --jobs 2 -v
      harness grade inbox --executor dask --scheduler tcp://127.0.0.1:8786

    A folder of folders called like assignments is graded whole. What has not changed since the last time, rubric and
    options included, is not graded again; a batch that was stopped or killed goes on where it was.

    \b
    Exit code: 0 the batch is complete, whatever the grades; 2 wrong usage; 3 reports could not be written, or a
    cluster not be used; 130 stopped.
    """
    from rich.console import Console

    from harness.batch import overriding

    elsewhere = Place(executor, scheduler, tls_ca_file, tls_cert, tls_key)
    demand_sense(elsewhere)
    place, target = place_of(folder), Path(out)
    options = options_of(seed, cases, hide_expected, rubric, assignment, attempt, only, reveal)
    options = kept_apart(options, isolation, other_peoples_code=True)
    found = _submissions(place, target, assignment)
    stopwatch.start()
    how = _How(options, most(elsewhere, jobs), elsewhere, target, hints, fresh, verbose, quiet)
    if found.platform and not quiet:
        typer.echo(f"{folder} is a download from {found.platform.title()}, of {len(found.entries)} people.")
    if found.late and not quiet:
        typer.echo(f"Handed in late, as {found.platform.title()} says: {_listed(found.late)}")
    reports, changed = _graded(found.entries, how)
    _show_batch(Console(), reports, found, target, quiet)
    for line in [] if quiet else changed:
        typer.echo(f"Changed: {printable(line)}")
    for line in overriding.stale(reports):
        typer.echo(f"Set by hand for what was handed in before; look again: {printable(line)}")
    if profile:
        _show_profile(reports, min(how.jobs, len(reports)) if executor == "local" else 0)


def _show_profile(reports: Sequence[Report], graders: int) -> None:
    """Seconds of all graders together, and of this process, which waits for them and writes."""
    from rich.console import Console

    from harness.reporting.profile import profile_table

    here = stopwatch.spent()
    writing = here.pop("reports", 0.0)
    idle = graders * sum(here.values()) - sum(report.seconds.total for report in reports)
    more = {"reports": writing, "graders' own starts, waiting": max(idle, 0.0)}
    Console(stderr=True).print(profile_table(reports, more))


class _How(NamedTuple):
    """How a batch is graded, and what is shown of it."""

    options: Options
    jobs: int
    place: Place
    out: Path
    hints: Level
    fresh: bool
    verbose: bool
    quiet: bool


def _graded(entries: Sequence[Entry], how: _How) -> tuple[list[Report], list[str]]:
    """Grade a batch, and say what changed; every verdict is stored and every report written as soon as it is there.

    The reports come back without what only their own pages show.
    """
    from harness.batch.store import StoreTrouble, opened

    done = set[str]()
    try:
        with graders(how.place, entries, how.options.isolation, how.quiet) as start, opened(how.out) as store:
            changed = _run(store, entries, how, done, start)
            with stopwatch.phase("reports"):
                reports = _summed_up(store, how)
    except KeyboardInterrupt:
        stop(f"stopped: {len(done)} of {len(entries)} submissions are graded, and kept in {how.out}", INTERRUPTED)
    except StoreTrouble as trouble:
        stop(str(trouble), NOT_JUDGED)
    except OSError as error:
        stop(f"cannot write reports in {how.out}: {error}; {len(done)} of {len(entries)} are complete", NOT_JUDGED)
    return reports, changed


def _run(store: Store, entries: Sequence[Entry], how: _How, done: set[str], start: Start) -> list[str]:
    """Fill `done` with every submission whose report is written, those that are known already first."""
    from rich.console import Console

    from harness.batch import keeping
    from harness.batch.progress import shown
    from harness.reporting.write import write_report

    broken = store.interrupted()
    plan = keeping.planned(store, entries, how.options, how.hints, fresh=how.fresh)
    if not how.quiet:
        _say_kept(plan, broken)

    def write(report: Report) -> None:
        with stopwatch.phase("reports"):
            write_report(limited(report, how.hints), how.out)
        done.add(report.submission.id)

    for report in keeping.kept(store, plan):
        write(report)
    with shown(Console(stderr=True), len(plan.waiting), how.verbose, how.quiet) as progress:

        def on_done(report: Report) -> None:
            write(report)
            progress.done(report)

        return keeping.graded(store, plan, how.options, how.jobs, on_done, start=start)


def _summed_up(store: Store, how: _How) -> list[Report]:
    """Write the gradebook and the summary, and any report that somebody took away in the meantime."""
    from harness.batch import keeping
    from harness.reporting.condensing import condensed
    from harness.reporting.write import is_written, write_report, write_summary

    def every() -> Iterator[Report]:
        for report in keeping.rebuilt(store):
            if not is_written(report.submission.id, how.out):
                write_report(limited(report, how.hints), how.out)
            yield report

    reports = list(condensed(every()))
    write_summary(reports, how.out, how.hints)
    return reports


def _say_kept(plan: Plan, broken: Sequence[str]) -> None:
    if broken:
        typer.echo(f"The last batch was stopped while it graded {_listed(broken)}; what it had finished is kept.")
    if plan.kept:
        count = len(plan.kept)
        what = "submission has" if count == 1 else "submissions have"
        typer.echo(f"{count} {what} not changed and will not be graded again (--fresh does).")


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
    return printable(", ".join(names[:most])) + more


def _submissions(folder: Path, out: Path, assignment: str | None) -> Found:
    """What `grade` is to work on, with the folder for reports made. Ends the program on wrong usage."""
    from harness.assignments import registry
    from harness.batch.discover import discover

    if not folder.is_dir():
        stop(f"{folder} is a file; for one submission there is: harness check {folder}", WRONG_USAGE)
    if out.resolve() == folder.resolve():
        stop(f"reports cannot go into the folder of submissions itself ({out}); choose another --out", WRONG_USAGE)
    try:
        found = discover(folder, out, registry.folders(), assignment)
    except OSError as error:
        stop(f"{folder} cannot be listed: {error.strerror}", WRONG_USAGE)
    if not found.entries:
        others = f"; it has only {_listed(found.skipped)}" if found.skipped else ""
        stop(f"{folder} holds no submissions, one .py file, folder or archive each{others}", WRONG_USAGE)
    try:
        folder_for(str(out)).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"reports cannot go into {out}: {error.strerror}; name another with --out", WRONG_USAGE)
    return found
