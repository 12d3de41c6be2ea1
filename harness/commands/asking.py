"""What every command asks for in the same words, and how a command ends that cannot do what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from harness.commands import completing
from harness.ending import ALL_PASS as ALL_PASS
from harness.ending import INTERRUPTED as INTERRUPTED
from harness.ending import NOT_JUDGED as NOT_JUDGED
from harness.ending import SOMETHING_FAILED as SOMETHING_FAILED
from harness.ending import WRONG_USAGE as WRONG_USAGE
from harness.options import Options
from harness.reporting.hinting import Level

if TYPE_CHECKING:
    from harness.assignments.contract import Assignment

DEFAULTS = Options()

AssignmentId = Annotated[
    str | None,
    typer.Option(
        *("--assignment", "-a"),
        metavar="ID",
        help="The assignment; `harness assignments` lists them.",
        autocompletion=completing.assignments,
    ),
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
    typer.Option(
        metavar="NAME",
        help="Judge just this entry point; repeat it, or write a pattern such as 'rnn_*'.",
        autocompletion=completing.entry_points,
    ),
]
Hints = Annotated[
    Level,
    typer.Option(
        metavar="none|steps|full",
        help="How much a report gives away: the verdict alone, where to look and a question, or the mistake's name.",
    ),
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Say how a named mistake is mended, too.")]
Isolation = Annotated[
    str,
    typer.Option(
        metavar="LEVEL",
        help="How far student code is kept apart: full, restricted, process, or strongest; `harness doctor` explains.",
        autocompletion=completing.levels,
    ),
]
Profile = Annotated[bool, typer.Option("--profile", help="Show at the end where the time went.")]
Hide = Annotated[bool, typer.Option("--hide-expected", help="Show what came, not what was expected.")]


def options_of(
    seed: str,
    cases: int,
    hide_expected: bool = False,
    rubric: str | None = None,
    assignment: str | None = None,
    attempt: str | None = None,
    only: Sequence[str] | None = None,
    reveal: bool = False,
    rubric_text: str | None = None,
) -> Options:
    """What was asked for; `rubric_text` stands for what is in the rubric. Ends the program where it makes no sense."""
    from harness.assignments import registry
    from harness.properties.offered import offered
    from harness.rubric import RubricError, load
    from harness.selection import NothingSelected, demand_known

    try:
        known: list[Assignment] = [registry.get(assignment)] if assignment else registry.every()
        demand_known(only or (), known)
        chosen = load(Path(rubric), known, offered, rubric_text) if rubric else None
        return Options(seed, cases, hide_expected, chosen, attempt, reveal, tuple(only or ()))
    except (LookupError, RubricError, NothingSelected) as error:
        stop(str(error.args[0]), WRONG_USAGE)


def kept_apart(options: Options, wanted: str, *, other_peoples_code: bool) -> Options:
    """The options with a level of isolation that this machine offers. Ends the program where there is none."""
    import msgspec

    from harness.worker import isolation

    try:
        return msgspec.structs.replace(options, isolation=isolation.chosen(wanted, other_peoples_code))
    except isolation.Unavailable as error:
        stop(str(error), WRONG_USAGE)


def place_of(path: str) -> Path:
    """`path` as it was typed, or what it leads to when it is a link. Ends the program when nothing is there."""
    place = Path(path)
    try:
        exists = place.exists()
    except (OSError, ValueError) as error:  # a name too long, or with a null byte
        stop(f"{path!r} is not a path: {error}", WRONG_USAGE)
    if not exists:
        stop(f"{path} is not there; expected a file or a folder", WRONG_USAGE)
    return place.resolve() if place.is_symlink() or place.name in ("", "..") else place


def folder_for(out: str) -> Path:
    """Where reports are to go: a folder that is there or can be made. Ends the program where a file is in the way."""
    place = Path(out)
    there = next((p for p in (place, *place.parents) if p.exists()), place)
    if not there.is_dir():
        stop(f"reports cannot go into {out}: {there} is no folder; name another with --out", WRONG_USAGE)
    return place


def cores() -> int:
    """Cores that can be kept busy."""
    from harness.batch.cores import available

    return available()


def printable(text: str) -> str:
    """Names come from students: nothing in them may steer the terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def stop(message: str, code: int) -> NoReturn:
    typer.echo(f"harness: {message}", err=True)
    raise typer.Exit(code)
