"""The program's commands as tests see them: every one by its full name, and an engine that grades by files' names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from typer.main import get_command
from typer.testing import CliRunner

import sample_reports
from harness.assignments.contract import Assignment
from harness.cli import app
from harness.options import Options
from harness.report import Report
from harness.submission import Submission

CODE = re.compile(r"\b(0|1|2|3|130) ")
OUTCOMES = {
    "fault": sample_reports.grader_fault,
    "wrong": sample_reports.failing,
    "skeleton": sample_reports.skeleton,
}


def named(command: Any = None, name: str = "harness") -> Iterator[tuple[str, Any]]:
    """Every command and group of commands by what is typed for it."""
    command = command or get_command(app)
    yield name, command
    for below, each in getattr(command, "commands", {}).items():
        yield from named(each, f"{name} {below}")


COMMANDS = dict(named())
LEAVES = {name: command for name, command in COMMANDS.items() if not hasattr(command, "commands")}


def examples(name: str) -> list[str]:
    """The example commands in the help of a command."""
    _, _, after = COMMANDS[name].help.partition("Examples:\n")
    return [line.strip() for line in after.partition("\n\n")[0].splitlines()]


def exit_codes(name: str) -> dict[int, str]:
    """The exit codes that a command's help documents, and what each means."""
    _, _, after = COMMANDS[name].help.partition("Exit code: ")
    text = " ".join(after.split()).rstrip(".")
    parts = [part.partition(" ") for part in re.split(r"; (?=\d+ )", text) if part]
    return {int(code): meaning for code, _, meaning in parts}


def parse(line: str) -> None:
    """Let the program read a command line without doing anything; raises what it would say of wrong usage."""
    name, words = "harness", shlex.split(line)[1:]
    while hasattr(COMMANDS[name], "commands") and words and not words[0].startswith("-"):
        word = words.pop(0)
        assert f"{name} {word}" in COMMANDS, f"{line!r}: {name} has no command {word!r}"
        name = f"{name} {word}"
    COMMANDS[name].make_context(name, words)


def run(line: str, **more: Any) -> tuple[int, str]:
    """Exit code and what is printed; no traceback may ever be seen."""
    result = CliRunner(env=more.pop("env", None)).invoke(app, shlex.split(line)[1:], prog_name="harness", **more)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def by_name(handed_in: Submission, assignment: Assignment, options: Options) -> Report:
    """A report without grading: what it says goes by what the submission is called."""
    if handed_in.id == "interrupted":
        raise KeyboardInterrupt
    made = OUTCOMES.get(Path(handed_in.path).stem, sample_reports.all_right)(handed_in.id)
    info = msgspec.structs.replace(made.submission, path=handed_in.path, sha256=handed_in.sha256)
    return msgspec.structs.replace(made, submission=info, assignment=assignment.id)
