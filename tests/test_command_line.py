"""Every command: examples that parse, exit codes that are documented and true, what Tab offers, no colour on demand."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commands_of_the_program import COMMANDS, LEAVES, by_name, examples, exit_codes, parse, run
from harness.audit.matrix import Audit, Row, audit
from harness.batch import one
from harness.commands.one import _patience
from harness.options import Options

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "def rnn_forward(x, h0, Wx, Wh, b): ...\n\n\ndef rnn_step_backward(dnext_h, cache): ...\n"

pytestmark = pytest.mark.usefixtures("one_process")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with submissions that are graded by their names, in no time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(one, "engine", lambda: by_name)
    for name in ("right", "wrong", "fault", "interrupted"):
        Path(f"{name}.py").write_text(SOURCE)
        Path(f"of_{name}").mkdir()
        Path(f"of_{name}/{name}.py").write_text(SOURCE)
    Path("text.txt").write_text("")
    return tmp_path


# Help


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples_that_the_program_understands(name: str) -> None:
    assert examples(name)
    for line in examples(name):
        assert line.startswith(name), line
        if not line.endswith("--help"):
            parse(line.partition(" > ")[0])


@pytest.mark.parametrize(
    "line", ["harness check a.py --no-such-option", "harness chekc a.py", "harness check a.py b.py"]
)
def test_an_example_that_is_wrong_would_be_seen(line: str) -> None:
    with pytest.raises(Exception, match=r"option|command|argument"):
        parse(line)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_is_without_a_word_on_it(name: str) -> None:
    for parameter in COMMANDS[name].params:
        assert getattr(parameter, "help", "") or parameter.name == "help", parameter.name


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in LEAVES])
def test_what_a_command_does_is_told_in_a_line_that_is_not_cut(name: str) -> None:
    said = run(f"{name} --help", env={"COLUMNS": "80"})[1].partition("Commands:")[2]
    assert said
    assert "..." not in said


def test_a_person_who_waits_sees_something_move_and_a_program_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, seen in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stderr", stream)
        with _patience():
            pass
        assert ("checking" in stream.getvalue()) == seen


# Exit codes

KEPT = "harness grade of_right -a cs231n --isolation process --quiet"
"""Run before those commands that need what a batch leaves behind."""
CODES: dict[str, dict[int, str]] = {
    "harness check": {
        0: "harness check right.py -a cs231n",
        1: "harness check wrong.py -a cs231n",
        2: "harness check nowhere.py",
        3: "harness check fault.py -a cs231n",
        130: "harness check interrupted.py -a cs231n",
    },
    "harness explain": {
        0: "harness explain right.py rnn_backward -a cs231n",
        1: "harness explain wrong.py rnn_backward -a cs231n",
        2: "harness explain right.py rnn_fowrard",
        3: "harness explain text.txt rnn_backward",
        130: "harness explain interrupted.py rnn_backward -a cs231n",
    },
    "harness grade": {
        0: "harness grade of_wrong -a cs231n --isolation process",
        2: "harness grade right.py",
        3: "harness grade of_right -a cs231n --isolation process --out full",
        130: "harness grade of_interrupted -a cs231n --isolation process",
    },
    "harness ci": {
        0: "harness ci right.py -a cs231n --isolation process",
        1: "harness ci wrong.py -a cs231n --isolation process",
        2: "harness ci --each right.py",
        3: "harness ci fault.py -a cs231n --isolation process",
        130: "harness ci interrupted.py -a cs231n --isolation process",
    },
    "harness report": {0: "harness report", 2: "harness report --hints all", 3: "harness report nowhere"},
    "harness override": {
        0: "harness override right rnn_backward 1",
        2: "harness override right rnn_backward 99",
        3: "harness override right rnn_backward 1 --out nowhere",
    },
    "harness export": {
        0: "harness export csv",
        1: "harness export csv blank",
        2: "harness export canvas",
        3: "harness export csv nowhere",
    },
    "harness audit": {
        0: "harness audit lab9 --cases 10",
        1: "harness audit lab9 --cases 11",
        2: "harness audit cs999",
        3: "harness audit lab9 --cases 10 --out full",
        130: "harness audit lab9 --cases 12",
    },
    "harness doctor": {0: "harness doctor", 2: "harness doctor me"},
    "harness assignments": {0: "harness assignments", 2: "harness assignments --all"},
    "harness new": {
        0: "harness new my_homework --from right.py",
        2: "harness new gru --from right.py",
        3: "harness new my_homework --from right.py --out text.txt/new",
    },
    "harness kit gradescope": {
        0: "harness kit gradescope lab9",
        2: "harness kit gradescope cs999",
        3: "harness kit gradescope lab9 --out of_right",
    },
    "harness kit student": {
        0: "harness kit student lab9",
        2: "harness kit student cs999",
        3: "harness kit student lab9 --out nowhere/kit.zip",
    },
    "harness kit otter": {
        0: "harness kit otter lab9",
        2: "harness kit otter cs999",
        3: "harness kit otter lab9 --out right.py/tests",
    },
}
"""For every command, a line for each exit code."""


@pytest.mark.parametrize("name", LEAVES)
def test_every_exit_code_that_is_documented_is_shown_here(name: str) -> None:
    assert exit_codes(name).keys() == CODES[name].keys()
    assert all(exit_codes(name).values())


@pytest.mark.parametrize(("line", "code"), [(line, c) for rows in CODES.values() for c, line in rows.items()])
def test_a_command_ends_with_the_code_that_its_help_says(
    place: Path, monkeypatch: pytest.MonkeyPatch, line: str, code: int
) -> None:
    monkeypatch.setattr("harness.worker.examining.lines", lambda: ["level"])
    monkeypatch.setattr("harness.audit.command.audited", _audited)
    if "full" in line.split():
        _no_room(monkeypatch)
    if line.split()[1] in ("report", "override", "export"):
        run(KEPT)
        run(KEPT.replace("right", "fault") + " --out blank")
    assert run(line)[0] == code, run(line)[1]


def _audited(assignment: str, right: object, mutants: object, pairs: int, options: Options, jobs: int) -> Audit:
    """An audit without running one: what came of it goes by the number of cases."""
    if options.cases == 12:
        raise KeyboardInterrupt
    return audit(
        assignment, [Row("one", "mutant", "a sum becomes a mean", "pass" if options.cases == 11 else "fail")], []
    )


def _no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harness.reporting.write.os.replace", full)
    monkeypatch.setattr("harness.audit.showing.write", full)


# Tab


def completed(*words: str) -> list[str]:
    """What a shell offers for the last word."""
    line = " ".join(words)
    variables = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_HARNESS_COMPLETE": "complete_bash"}
    return run("harness", env=variables)[1].split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ch"], ["check"]),
        (["kit", "gra"], ["gradescope"]),
        (["check", "a.py", "-a", "c"], ["cs187", "cs231n"]),
        (["check", "a.py", "--isolation", ""], ["full", "restricted", "process", "strongest"]),
        (["kit", "gradescope", "lab9", "--isolation", ""], ["full", "restricted", "process"]),
        (["check", "a.py", "--format", "j"], ["json", "junit"]),
        (["grade", "in", "--hints", ""], ["none", "steps", "full"]),
        (["export", ""], ["gradescope", "canvas", "moodle", "nbgrader", "csv"]),
        (["export", "csv", "-a", "lab"], ["lab9"]),
        (["audit", "my"], ["mytorch"]),
        (["kit", "gradescope", "q"], ["quiz10"]),
        (["check", "a.py", "-a", "lab9", "--only", ""], ["rnn_forward", "rnn_backward", "mse_last_step"]),
        (["explain", "a.py", "mse"], ["mse_last_step"]),
        (["override", "s01", "RNNCell"], ["RNNCell.forward", "RNNCell.backward"]),
        (["check", "a"], []),
    ],
    ids=" ".join,
)
def test_tab_completes(words: list[str], offered: list[str]) -> None:
    assert sorted(completed("harness", *words)) == sorted(offered)


def test_bash_completes_with_the_script_that_the_program_prints(tmp_path: Path) -> None:
    program = tmp_path / "harness"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m harness "$@"\n')
    program.chmod(0o755)
    asked = 'COMP_WORDS=(harness check a.py --assignment "l"); COMP_CWORD=4; _harness_completion harness'
    script = f'source <(harness --show-completion bash); {asked}; echo "${{COMPREPLY[@]}}"'
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("lab9\n", "")


def test_a_shell_waits_for_no_array_library() -> None:
    program = "import sys; from harness.commands import completing as c; c.assignments(); c.levels()"
    told = f"{program}; print({{'numpy', 'torch', 'rich', 'hypothesis'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# Colour

COLOUR = re.compile(r"\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-7])[0-9;]*m")


@pytest.mark.parametrize(
    "line", [*(CODES["harness check"][c] for c in (0, 1, 3)), CODES["harness explain"][1], KEPT[:-8]]
)
def test_there_is_colour_in_a_terminal_and_none_where_nobody_wants_it(place: Path, line: str) -> None:
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "100"}
    assert COLOUR.search(run(line, env=terminal, color=True)[1])
    assert not COLOUR.search(
        run(line + " --fresh" * ("grade" in line), env={**terminal, "NO_COLOR": "1"}, color=True)[1]
    )
