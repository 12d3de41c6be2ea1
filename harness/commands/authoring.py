"""The command for whoever writes next year's assignment: a package made from a solution, with marks for the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.commands.asking import ALL_PASS, NOT_JUDGED, WRONG_USAGE, stop

SHOWN = 6
"""Marked lines of one file that are listed; there are many in a catalogue."""


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the assignment is to be called, such as my_gru.")],
    solution: Annotated[
        str, typer.Option("--from", metavar="FILE", help="Your own solution, in plain numpy; read, never executed.")
    ],
    out: Annotated[str, typer.Option(metavar="FOLDER", help="The folder to make; NAME unless given.")] = "",
) -> None:
    """Begin an assignment from a solution. A package is made: contract, driver, tests, docs, first misconceptions.

    \b
    Examples:
      harness new my_gru --from gru_solution.py
      harness new my_gru --from gru_solution.py --out courses/gru

    Signatures, shapes (of docstrings such as "x (N,D), h (N,H) -> next_h (N,H), cache") and results are read of the
    solution. What cannot be read is marked TODO, and listed at the end. Nothing that is there is overwritten.

    \b
    Exit code: 0 the folder is there; 2 wrong usage, or a solution that cannot be used; 3 it could not be written.
    """
    from harness.authoring import placing, reading, writing

    folder = Path(out or name)
    if why := placing.wrong_name(name):
        stop(why, WRONG_USAGE)
    try:
        found = reading.read(Path(solution))
        made = writing.files(name, found)
        placing.place(made, folder)
    except reading.NotUsable as error:
        stop(str(error), WRONG_USAGE)
    except OSError as error:
        stop(f"cannot write {folder}: {error.strerror or error}; name another folder with --out", NOT_JUDGED)
    typer.echo(f"{folder}: the assignment {name}, of {', '.join(f.name for f in found.functions)}.")
    for left in found.left_out:
        typer.echo(f"{left} is left out: its contract and driver have to be written by hand, as those of mytorch are.")
    _show(writing.marks(made), folder)
    typer.echo(f"Then: python -m pip install -e {folder}, and harness check {solution} --assignment {name}")
    raise typer.Exit(ALL_PASS)


def _show(marks: list[tuple[str, int, str]], folder: Path) -> None:
    """What a person has to fill in, file by file."""
    typer.echo(f"To fill in, {len(marks)} lines:")
    for path in dict.fromkeys(path for path, _, _ in marks):
        lines = [(number, text) for file, number, text in marks if file == path]
        for number, text in lines[:SHOWN]:
            typer.echo(f"  {folder / path}:{number}: {text}")
        if len(lines) > SHOWN:
            typer.echo(f"  … and {len(lines) - SHOWN} more in {folder / path}")
