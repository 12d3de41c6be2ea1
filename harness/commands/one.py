"""The commands about one submission: check it, explain a failure of it."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, get_args

import typer

from harness.commands import completing
from harness.commands.asking import (
    ALL_PASS,
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
    stop,
)
from harness.ending import exit_code
from harness.options import Options
from harness.reporting.hinting import Level, limited

Form = Literal["text", "json", "markdown", "junit", "github", "gradescope"]
FORMS = get_args(Form)

if TYPE_CHECKING:
    from harness.commands.watching import Show
    from harness.report import Report
    from harness.submission import Submission


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
    isolation: Isolation = "",
    form: Annotated[
        Form, typer.Option("--format", metavar="|".join(FORMS), help="What is printed: for people, or for a program.")
    ] = "text",
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Write report files there too.")] = None,
    profile: Profile = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever it is saved, only what the change can reach.")
    ] = False,
) -> None:
    """Check one submission and say what is wrong with it.

    \b
    Examples:
      harness check rnn_layers.py
      harness check my_homework/ --assignment mytorch
      harness check homework.zip
      harness check quiz10.py --seed "another set of cases" --out my_report
      harness check rnn_layers.py --format junit > results.xml
      harness check rnn_layers.py --watch

    \b
    Exit code: 0 everything passes, right only to float32 included; 1 something fails, is missing or not attempted, or
    cannot be imported; 2 wrong usage; 3 could not be judged; 130 stopped.
    """
    place = place_of(path)
    options = options_of(seed, cases, hide_expected, rubric, assignment, attempt, only, reveal)
    options = kept_apart(options, isolation, other_peoples_code=False)
    target = folder_for(out) if out else None

    def show(report: Report) -> None:
        if form == "gradescope":
            typer.echo(_results(report, options), nl=False)
        else:
            _show_one(report, form)
        if target:
            _write_one(report, target)
        if profile:
            _show_profile(report)

    try:
        if watch:
            _watched(place, options, assignment, hints, show)
        with _patience():
            report, code = _checked(place, options, assignment)
        show(limited(report, hints))
    except KeyboardInterrupt:
        stop("stopped; nothing was decided", INTERRUPTED)
    raise typer.Exit(code)


def _patience() -> AbstractContextManager[object]:
    """Something that moves while a person waits, and nothing for a program."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status("checking (with a new seed, cases and their answers are computed first)")


def _watched(place: Path, options: Options, assignment_id: str | None, hints: Level, show: Show) -> NoReturn:
    """Check it now and after every change, until Ctrl-C."""
    from harness.commands import watching

    def once(seen: Submission, chosen: Options) -> Report:
        return limited(_checked(place, chosen, assignment_id, seen)[0], hints)

    watcher = watching.Watcher(options, once, show)
    try:
        for state in watching.saved(place):
            watcher.look(state, assignment_id)
    except KeyboardInterrupt:
        raise typer.Exit(ALL_PASS) from None
    raise AssertionError("it is watched for ever")


def explain(
    path: Annotated[str, typer.Argument(metavar="PATH", help="What one student hands in.")],
    entry_point: Annotated[
        str,
        typer.Argument(
            metavar="ENTRY_POINT", help="The function or method to look at.", autocompletion=completing.entry_points
        ),
    ],
    assignment: AssignmentId = None,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
    hide_expected: Hide = False,
    attempt: Attempt = None,
    hints: Hints = "full",
    reveal: Reveal = False,
) -> None:
    """Walk through one failure at length. It shows where it is wrong, how far a gradient gets, and every number.

    \b
    Examples:
      harness explain rnn_layers.py rnn_backward
      harness explain my_homework/ RNNCell.backward --reveal

    \b
    Exit code: 0 it passes; 1 it fails, is missing or not attempted, or cannot be imported; 2 wrong usage; 3 could not
    be judged; 130 stopped.
    """
    from rich.console import Console

    from harness.reporting.explaining import explain as print_all

    place = place_of(path)
    options = options_of(seed, cases, hide_expected, None, assignment, attempt, [entry_point], reveal)
    with _patience():
        report, code = _checked(place, options, assignment)
    if report.status != "graded":
        _show_one(report)
    for entry in limited(report, hints).entry_points:
        print_all(Console(), entry)
    raise typer.Exit(code)


def _checked(
    place: Path, options: Options, assignment_id: str | None, seen: Submission | None = None
) -> tuple[Report, int]:
    """The report about one submission, as it is at `place` or was `seen` there, and the exit code it means."""
    from harness.assignments import registry
    from harness.attempts import NoSuchAttempt, narrowed
    from harness.batch import fallback
    from harness.batch.discover import Entry
    from harness.batch.one import grade_read
    from harness.recognising import Unrecognised, recognise
    from harness.selection import NothingSelected, demand_known
    from harness.submission import Unreadable, clean, name_of, read

    try:
        submission = seen or read(place)
        known = registry.every()
        chosen = registry.get(assignment_id) if assignment_id else recognise(submission, known)
        demand_known(options.only, [chosen])
        if options.attempt:
            narrowed(submission, chosen, options.attempt)
    except (NoSuchAttempt, NothingSelected, Unrecognised) as error:
        stop(f"{place}: {error}", WRONG_USAGE)
    except Unreadable as error:
        entry = Entry(name_of(place), clean(str(place)), assignment_id)
        return fallback.load_error(entry, options, str(error)), NOT_JUDGED
    report = grade_read(Entry(submission.id, str(place), chosen.id), submission, options)
    return report, exit_code(report)


def _show_one(report: Report, form: Form = "text") -> None:
    if form != "text":
        typer.echo(_printed(report, form), nl=False)
        return
    from rich.console import Console

    from harness.reporting.terminal import print_report

    print_report(Console(), report)


def _show_profile(report: Report) -> None:
    from rich.console import Console

    from harness.reporting.profile import profile_table

    Console(stderr=True).print(profile_table([report], {}))


def _printed(report: Report, form: Form) -> str:
    """The report in a form that a program reads, or a page shows."""
    from harness.report import encode
    from harness.reporting import annotations, junit, markdown

    if form == "json":
        return encode(report).decode()
    if form == "markdown":
        return markdown.markdown(report)
    return junit.junit_xml(report) if form == "junit" else annotations.annotated(report)


def _results(report: Report, options: Options) -> bytes:
    """Gradescope's results.json; where nothing could be judged nothing at all, and the reason goes to the staff."""
    from harness import rubric
    from harness.assignments import registry
    from harness.platforms.gradescope import results_json
    from harness.reporting.wording import headline

    asked = registry.get(report.assignment) if report.assignment else None
    entries = [*asked.entry_points, *(values.entry for values in asked.values)] if asked else []
    results = results_json(report, {entry.name: rubric.points(options.rubric, entry) for entry in entries})
    if results is None:
        typer.echo(f"harness: {headline(report)}", err=True)
    return results or b""


def _write_one(report: Report, out: Path) -> None:
    from harness.reporting.write import write_report

    try:
        out.mkdir(parents=True, exist_ok=True)
        write_report(report, out)
    except OSError as error:
        stop(f"cannot write the report in {out}: {error.strerror or error}; name another --out", NOT_JUDGED)
    typer.echo(f"The report is in {out}", err=True)
