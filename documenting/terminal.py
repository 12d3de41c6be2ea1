"""The reference of what is typed: every command with its arguments, options, examples and exit codes, from its help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from documenting.markdown import NOTE, block, code, sentence, table
from harness.cli import app

INTRODUCTION = """\
# The command line

`harness --help` lists the commands, `harness COMMAND --help` says what stands here. What a command finds goes to
standard output; progress and errors go to standard error. `python -m harness` is the same program.

**Tab.** `harness --install-completion` lets your shell (bash, zsh, fish, PowerShell) complete commands, options,
assignments, entry points, formats and levels of isolation; `harness --show-completion bash` prints what it would
install.

**Colour.** Where `NO_COLOR` is set and not empty, nothing is coloured; `FORCE_COLOR` asks for colour where nobody is
looking, as in a log. No status is told by colour alone. See [environment variables](environment.md).

**Exit codes** mean the same everywhere: 0 all is well, 1 something that was graded is not, 2 wrong usage and nothing
was done, 3 it could not be judged, read or written, 130 stopped with Ctrl-C. Each command's own are below.

"""


def page() -> str:
    """The whole page."""
    sections = [_section(name, command) for name, command in _named(get_command(app), "harness")]
    return "".join([INTRODUCTION, *sections, NOTE])


def _named(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by what is typed for it."""
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
    for word, each in (below or {}).items():
        yield from _named(each, f"{name} {word}")


def _section(name: str, command: Any) -> str:
    first, *others = re.split(r"\n\n+", command.help.replace("\b\n", "").strip())
    paragraphs = {
        text.partition(":")[0]: text.partition(":")[2]
        for text in others
        if text.startswith(("Examples:", "Exit code:"))
    }
    plain = [" ".join(text.split()) for text in others if not text.startswith(("Examples:", "Exit code:"))]
    usage = f"{name} {' '.join(command.collect_usage_pieces(command.make_context(name, [], resilient_parsing=True)))}"
    examples = "\n".join(line.strip() for line in paragraphs["Examples"].strip().splitlines())
    return "".join(
        [
            f"## {name}\n\n{' '.join(first.split())}\n\n",
            block("text", usage.replace("{", "").replace("}", "")),
            *(f"{text}\n\n" for text in plain),
            block("sh", examples),
            table(
                ["argument", "what it is"], [_argument(p) for p in command.params if p.param_type_name == "argument"]
            ),
            table(["option", "what it does", "unless given"], [_option(p) for p in command.params if _is_option(p)]),
            table(["exit code", "when"], _codes(paragraphs["Exit code"])),
        ]
    )


def _argument(parameter: Any) -> tuple[str, str]:
    return code(_metavar(parameter)), sentence(parameter.help)


def _is_option(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "option" and parameter.name != "help")


def _option(parameter: Any) -> tuple[str, str, str]:
    names = ", ".join(code(name) for name in parameter.opts)
    value = "" if parameter.is_flag else " " + code(_metavar(parameter))
    default = "" if parameter.is_flag or parameter.default in (None, "") else code(str(parameter.default))
    return names + value, sentence(parameter.help), default


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _codes(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"; (?=\d+ )", " ".join(text.split()).rstrip("."))
    return [(code(number), sentence(meaning)) for number, _, meaning in (part.partition(" ") for part in parts)]
