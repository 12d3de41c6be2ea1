"""What a person types: the program and its commands."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import harness
from harness.commands import authoring, exporting, instructor, kept, kits, many, one, pull_request
from harness.commands.asking import ALL_PASS


class Program(TyperGroup):
    """The program; it says of a wrong value what the value should be, and not what kind of error that is."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


app = typer.Typer(cls=Program, pretty_exceptions_enable=False, rich_markup_mode=None)


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
    """Load any student's RNN homework; prove it right, or show exactly where and why it is wrong.

    \b
    Examples:
      harness check rnn_layers.py
      harness grade inbox --assignment cs231n --out graded
      harness grade --help
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows a question mark


COMMANDS: tuple[Callable[..., None], ...] = (
    *(one.check, one.explain, many.grade, pull_request.ci, kept.report, kept.override, exporting.export),
    *(instructor.audit, instructor.doctor, instructor.assignments, authoring.new),
)
for _command in COMMANDS:
    app.command()(_command)
app.add_typer(kits.kit, name="kit")
