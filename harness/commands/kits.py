"""The commands that make something to take elsewhere: a zip that grades on a platform, a kit for students."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from harness.commands import completing
from harness.commands.asking import (
    ALL_PASS,
    DEFAULTS,
    NOT_JUDGED,
    WRONG_USAGE,
    Cases,
    Hints,
    RubricFile,
    Seed,
    options_of,
    stop,
)

kit = typer.Typer(no_args_is_help=True)
LEVELS = ("", "full", "restricted", "process")


@kit.callback()
def kits() -> None:
    """Make something that grades elsewhere. That is on a platform, or with the students.

    \b
    Examples:
      harness kit gradescope cs231n --seed "known to the course only"
      harness kit student cs231n
    """


Asked = Annotated[
    str,
    typer.Argument(
        metavar="ASSIGNMENT",
        help="The assignment; `harness assignments` lists them.",
        autocompletion=completing.assignments,
    ),
]


@kit.command()
def gradescope(
    assignment: Asked,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
    rubric: RubricFile = None,
    hints: Hints = "full",
    isolation: Annotated[
        str,
        typer.Option(
            metavar="LEVEL",
            help="full, restricted or process; a jail, whichever there is, unless named.",
            autocompletion=completing.jails,
        ),
    ] = "",
    out: Annotated[str, typer.Option(metavar="FILE", help="The zip to write; it ends in .zip.")] = "gradescope.zip",
) -> None:
    """Make the zip that Gradescope calls an autograder. It carries the harness; expected values are kept back.

    \b
    Examples:
      harness kit gradescope cs231n --seed "known to the course only"
      harness kit gradescope mytorch --seed "our secret" --rubric points.toml --hints steps --out mytorch.zip

    The zip holds the seed and the model solution: it is for the course's staff, not for students.

    \b
    Exit code: 0 the zip is there; 2 wrong usage; 3 it could not be written.
    """
    from harness.platforms.kit import Kit, KitError, gradescope_zip
    from harness.report import PUBLIC_SEED
    from harness.reporting.write import write_file

    options_of(seed, cases, rubric=rubric, assignment=assignment)
    out = _zip(out)
    if isolation not in LEVELS:
        stop(f"there is no isolation level {isolation!r}; expected {', '.join(LEVELS[1:])}", WRONG_USAGE)
    try:
        text = Path(rubric).read_text(encoding="utf-8") if rubric else None
        data = gradescope_zip(Kit(assignment, seed, cases, hints, text, isolation))
        write_file(Path(out), data)
    except KitError as error:
        stop(str(error), WRONG_USAGE)
    except OSError as error:
        stop(f"cannot write {out}: {error.strerror or error}; name a file in a folder that is there", NOT_JUDGED)
    typer.echo(f"{out}: {len(data) >> 10} KiB. Upload it where Gradescope asks for the autograder's zip.")
    if seed == PUBLIC_SEED:
        typer.echo("Its seed is the public one, so that students can try the very same cases; --seed names another.")
    raise typer.Exit(ALL_PASS)


@kit.command()
def student(
    assignment: Asked,
    seed: Seed = DEFAULTS.seed,
    cases: Cases = DEFAULTS.cases,
    hints: Hints = "steps",
    form: Annotated[
        Literal["zip", "wheel"],
        typer.Option(metavar="zip|wheel", help="A folder to unzip, or a wheel to install with pip."),
    ] = "zip",
    out: Annotated[
        str, typer.Option(metavar="FILE", help="A name that ends in .zip, or the wheel's own; that unless given.")
    ] = "",
) -> None:
    """Make a kit for a class. Students check themselves, offline, with nothing but Python and the array library.

    \b
    Examples:
      harness kit student lab9
      harness kit student cs231n --hints none --form wheel

    A student unzips it and types `python check.py my_rnn.py`. It holds expected values at its seed and no solution, nor
    anything that one could be read from: grade with another seed.

    \b
    Exit code: 0 the kit is there; 2 wrong usage; 3 it could not be made or written.
    """
    from harness.kits.student import StudentKit, misnamed, student_wheel, student_zip
    from harness.report import PUBLIC_SEED
    from harness.reporting.write import write_file

    options_of(seed, cases, assignment=assignment)
    chosen = StudentKit(assignment, seed, cases, hints)
    if trouble := misnamed(chosen, form, out):
        stop(trouble, WRONG_USAGE)
    out = _zip(out) if form == "zip" else out
    with _sentences(out or f"the {form}"):
        name, data = student_wheel(chosen) if form == "wheel" else student_zip(chosen)
        write_file(Path(out or name), data)
    typer.echo(f"{out or name}: {len(data) >> 10} KiB.")
    if seed != PUBLIC_SEED:
        typer.echo("Whoever has the kit has the answers at its seed: grade with another one.")
    raise typer.Exit(ALL_PASS)


@kit.command()
def otter(
    assignment: Asked,
    seed: Seed = DEFAULTS.seed,
    out: Annotated[
        str, typer.Option(metavar="FOLDER", help="A new folder to write; named after the assignment unless given.")
    ] = "",
) -> None:
    """Write test files for Otter. There is one a function or method, with cases and answers written out.

    \b
    Examples:
      harness kit otter lab9
      harness kit otter cs231n --seed "known to the course only" --out tests-of-spring

    `autograder/tests` holds all cases, hidden, and `student/tests` the simplest ones, as `otter assign` lays them out.
    Otter runs a student's code in one process with its tests.

    \b
    Exit code: 0 the folder is there; 2 wrong usage; 3 it could not be made or written.
    """
    from harness.kits.folder import write_folder
    from harness.kits.otter import OtterKit, otter_files

    options_of(seed, DEFAULTS.cases, assignment=assignment)
    place = Path(out or f"otter-{assignment}")
    if place.suffix.lower() in (".zip", ".tar", ".gz"):
        stop(f"a folder is written, and {place.name} is the name of an archive; --out names a folder", WRONG_USAGE)
    with _sentences(str(place)):
        files = otter_files(OtterKit(assignment, seed))
        write_folder(place, files)
    count = sum(name.startswith("autograder/tests/") for name in files)
    typer.echo(f"{place}: {count} questions. Its folders are those of `otter assign`.")
    raise typer.Exit(ALL_PASS)


def _zip(out: str) -> str:
    """The name of a zip: with its ending, if it has none. Another one ends the program with a sentence."""
    place = Path(out)
    if place.suffix and place.suffix.lower() != ".zip":
        stop(
            f"a zip is written, and {place.name} ends in {place.suffix}; --out names a file that ends in .zip",
            WRONG_USAGE,
        )
    return f"{place}.zip" if place.name and not place.suffix and not place.is_dir() else out


@contextmanager
def _sentences(place: str) -> Iterator[None]:
    """What cannot be made or written at `place` ends the program with a sentence."""
    from harness.kits.folder import Taken
    from harness.kits.packing import Unpackable
    from harness.oracles.truth import GraderFault

    try:
        yield
    except (Unpackable, Taken) as error:
        stop(str(error), WRONG_USAGE)
    except GraderFault as error:
        stop(str(error), NOT_JUDGED)
    except OSError as error:
        stop(f"cannot write {place}: {error.strerror or error}; name one in a folder that is there", NOT_JUDGED)
