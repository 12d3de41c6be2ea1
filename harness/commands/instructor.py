"""The commands for whoever runs a course: audit the checks, look at the machine, list the assignments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.commands import completing
from harness.commands.asking import (
    ALL_PASS,
    DEFAULTS,
    NOT_JUDGED,
    SOMETHING_FAILED,
    WRONG_USAGE,
    Cases,
    Isolation,
    Seed,
    cores,
    folder_for,
    kept_apart,
    options_of,
    place_of,
    stop,
)


def audit(
    assignment: Annotated[
        str | None,
        typer.Argument(metavar="ASSIGNMENT", help="One assignment; else all.", autocompletion=completing.assignments),
    ] = None,
    right: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="A folder of programs known to be right, one .py file each, or of one folder an assignment.",
        ),
    ] = None,
    mutants: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="How many mutants, drawn at random; all unless given.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=0, metavar="N", help="Pairs of misconceptions to try besides.")] = 0,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where the matrix goes: JSON, CSV and a page.")] = "reports",
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="Programs at once.")] = None,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
    isolation: Isolation = "",
) -> None:
    """Grade the grader. Which wrong programs are caught, by which property, and do right ones pass?

    \b
    Examples:
      harness audit cs231n
      harness audit mytorch --right my_solutions --pairs 50 --out audit

    \b
    Exit code: 0 nothing wrong passes and nothing right fails; 1 something does; 2 wrong usage; 3 the matrix could not
    be written; 130 stopped.
    """
    from rich.console import Console

    from harness.assignments import registry
    from harness.audit import showing
    from harness.audit.command import audited

    options = kept_apart(options_of(seed, cases, False, None, assignment, None), isolation, other_peoples_code=False)
    asked = [assignment] if assignment else [a.id for a in registry.every() if a.has_answers]
    if not registry.get(asked[0]).has_answers:
        stop(f"{assignment} has no model solution yet, and wrong programs are made of one", WRONG_USAGE)
    folders, target = {name: _right_ones(right, name) for name in asked}, folder_for(out) / "audit"
    good = True
    for name in asked:
        found = audited(name, folders[name], mutants, pairs, options, jobs or cores())
        showing.show(found, Console())
        try:
            showing.write(found, target / name)
        except OSError as error:
            stop(f"cannot write {target / name}: {error.strerror or error}; name another --out", NOT_JUDGED)
        typer.echo(f"The matrix: {target / name / 'audit.html'} (also .csv and .json)")
        good = good and not found.missed and not found.false_failures
    raise typer.Exit(ALL_PASS if good else SOMETHING_FAILED)


def _right_ones(right: str | None, assignment: str) -> Path | None:
    """The folder of programs known to be right, or the assignment's in it. Ends the program where it holds none."""
    if right is None:
        return None
    place = place_of(right)
    if not place.is_dir():
        stop(f"{place} is a file; expected a folder of programs known to be right", WRONG_USAGE)
    folder = place / assignment if (place / assignment).is_dir() else place
    if not any(folder.glob("*.py")):
        stop(f"{folder} holds no .py file; expected programs known to be right", WRONG_USAGE)
    return folder


def doctor() -> None:
    """Say how far this machine keeps student code apart. It is told layer by layer, and what is missing.

    \b
    Examples:
      harness doctor

    \b
    Exit code: 0 it is told, whatever the machine offers; 2 wrong usage.
    """
    from harness.worker import examining

    for line in examining.lines():
        typer.echo(line)


def assignments() -> None:
    """List what can be graded. Entry points, points, conventions; and what other packages bring that cannot.

    \b
    Examples:
      harness assignments

    \b
    Exit code: 0 they are listed; 2 wrong usage.
    """
    from harness.assignments import registry

    for assignment in registry.every():
        typer.echo(f"{assignment.id}: {assignment.title}")
        for entry in assignment.entry_points:
            typer.echo(f"  {entry.points:g} points  {entry.signature}")
        for convention in assignment.conventions:
            typer.echo(f"  - {convention}")
        typer.echo()
    for broken in registry.unusable():
        typer.echo(f"{broken.name} of {broken.source} cannot be used: {broken.reason}")
