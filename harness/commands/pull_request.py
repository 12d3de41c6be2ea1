"""The command for CI: grade what a pull request changes, and tell it where people look."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.commands.asking import (
    ALL_PASS,
    DEFAULTS,
    INTERRUPTED,
    NOT_JUDGED,
    SOMETHING_FAILED,
    WRONG_USAGE,
    AssignmentId,
    Cases,
    Hide,
    Hints,
    Isolation,
    Only,
    Reveal,
    RubricFile,
    Seed,
    cores,
    folder_for,
    kept_apart,
    options_of,
    place_of,
    stop,
)
from harness.reporting.hinting import Level, limited

if TYPE_CHECKING:
    from harness.batch.discover import Entry
    from harness.options import Options
    from harness.report import Report


def ci(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="What one student hands in; the whole repository unless given."),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="Every PATH is a folder with one submission each.")] = False,
    base: Annotated[
        str, typer.Option(metavar="COMMIT", help="Grade only what differs from this branch or commit.")
    ] = "",
    threshold: Annotated[
        float, typer.Option(min=0, max=100, metavar="PERCENT", help="Points every submission needs to succeed.")
    ] = 100.0,
    assignment: AssignmentId = None,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
    rubric: RubricFile = None,
    rubric_from: Annotated[
        str,
        typer.Option(metavar="COMMIT", help="Take a rubric of this repository from there; from --base unless given."),
    ] = "",
    hide_expected: Hide = False,
    only: Only = None,
    hints: Hints = "full",
    reveal: Reveal = False,
    isolation: Isolation = "",
    out: Annotated[str, typer.Option(metavar="DIR", help="Where pages and results.xml go.")] = "harness-report",
) -> None:
    """Grade in continuous integration. It leaves annotations on wrong lines, a summary, pages, JUnit XML, an exit code.

    \b
    Examples:
      harness ci
      harness ci homework/ --assignment mytorch --threshold 60
      harness ci submissions --each --base origin/main
      harness ci homework --rubric points.toml --rubric-from origin/main

    On GitHub the summary goes to the step's page ($GITHUB_STEP_SUMMARY) and numbers to its outputs ($GITHUB_OUTPUT).

    \b
    Exit code: 0 every submission has its points, or none changed; 1 one has not; 2 wrong usage; 3 could not be judged,
    or the reports not written; 130 stopped.
    """
    text, origin = _rubric(rubric, rubric_from or base, paths or ["."])
    options = options_of(seed, cases, hide_expected, rubric, assignment, None, only, reveal, text)
    options = kept_apart(options, isolation, other_peoples_code=True)
    entries = _entries(paths or ["."], each, base, assignment, folder_for(out))
    try:
        reports = [limited(report, hints) for report in _graded(entries, options)]
        code = _code(reports, threshold)
        _leave(reports, Path(out), code, hints, origin)
    except KeyboardInterrupt:
        stop("stopped; nothing was decided", INTERRUPTED)
    raise typer.Exit(code)


def _rubric(rubric: str | None, commit: str, judged: Sequence[str]) -> tuple[str | None, str]:
    """What the rubric says in the commit, if it is to be taken from there; and a sentence on where it came from.

    Any of the places that are judged may be a link to elsewhere, made by the pull request.
    """
    from harness.batch import changed, trusted

    if not rubric:
        return None, ""
    folders = [place if place.is_dir() else place.parent for place in map(place_of, judged)]
    try:
        found = [trusted.text_in(commit, Path(rubric), folder) for folder in folders] if commit else []
    except changed.Unknown as error:
        stop(f"rubric {rubric}: {error}", WRONG_USAGE)
    text = next((text for text in found if text is not None), None)
    if text is not None:
        return text, f"Points by the rubric {rubric}, as it is in {commit}."
    if commit or not any(trusted.exposed(Path(rubric), folder) for folder in folders):
        return None, f"Points by the rubric {rubric}."
    told = f"Points by the rubric {rubric}, which lies where what is judged lies: a pull request can change both."
    typer.echo(f"harness: {told} --rubric-from takes it from a commit.", err=True)
    return None, told


def _entries(paths: Sequence[str], each: bool, base: str, assignment: str | None, out: Path) -> list[Entry]:
    """The submissions to grade, by paths as they are seen from here."""
    from harness.assignments import registry
    from harness.batch import changed
    from harness.batch.discover import Entry, discover
    from harness.submission import name_of

    places = [_from_here(place_of(path)) for path in paths]
    if each and (file := next((place for place in places if not place.is_dir()), None)):
        stop(f"{file} is a file; --each is about folders with one submission each: leave it out", WRONG_USAGE)
    try:
        found = (
            [e for place in places for e in discover(place, out, registry.folders(), assignment).entries]
            if each
            else [Entry(name_of(place.resolve()), str(place), assignment) for place in places]
        )
        files = changed.changed(places[0] if places[0].is_dir() else places[0].parent, base) if base else None
    except (changed.Unknown, OSError) as error:
        stop(str(error), WRONG_USAGE)
    if not found:
        stop(f"{', '.join(paths)}: no submissions there, one .py file, folder or archive each", WRONG_USAGE)
    return found if files is None else changed.touched(found, files)


def _from_here(place: Path) -> Path:
    """The path relative to the working folder, where it lies below: annotations are about files of the repository."""
    whole, here = place.resolve(), Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else place


def _graded(entries: Sequence[Entry], options: Options) -> list[Report]:
    from harness.batch.one import grade_entry
    from harness.batch.run import grade_all

    if len(entries) == 1:
        return [grade_entry(entries[0], options)]
    return grade_all(entries, options, cores(), lambda report: None)


def _code(reports: Sequence[Report], threshold: float) -> int:
    """0, 1 or 3; a submission that cannot be loaded fails by its own fault."""
    codes = [_one(report, threshold) for report in reports]
    return SOMETHING_FAILED if SOMETHING_FAILED in codes else max(codes, default=ALL_PASS)


def _one(report: Report, threshold: float) -> int:
    earned, possible = report.score.earned, report.score.possible
    if report.status == "load_error":
        return SOMETHING_FAILED
    if report.status == "grader_fault" or earned is None or not possible:
        return NOT_JUDGED
    return ALL_PASS if 100 * earned >= threshold * possible else SOMETHING_FAILED


def _leave(reports: Sequence[Report], out: Path, code: int, hints: Level, origin: str) -> None:
    """Annotations on stdout, files in `out`, and what GitHub asks a step to leave."""
    from harness.reporting import annotations, junit, steps
    from harness.reporting.write import write_file, write_report, write_summary

    typer.echo(annotations.annotated(*reports) if reports else "Nothing changed that was handed in.\n", nl=False)
    try:
        for report in reports:
            write_report(report, out)
        write_summary(reports, out, hints)
        write_file(out / "results.xml", junit.junit_suites(reports).encode())
        _append("GITHUB_STEP_SUMMARY", steps.summary(reports, origin))
        _append("GITHUB_OUTPUT", steps.outputs(reports, passed=code == ALL_PASS))
    except OSError as error:
        stop(f"cannot write reports in {out}: {error.strerror or error}; name another --out", NOT_JUDGED)


def _append(variable: str, text: str) -> None:
    if path := os.environ.get(variable):
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
