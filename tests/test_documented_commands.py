"""Every command in the documentation does what its page says, in a folder as the page supposes it.

Commands of tutorials run one after the other, for real. Others run each by itself, without an engine where the page
does not show what they print. `NOT_RUN` says which ones cannot be run here, and why.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from commands_of_the_program import COMMANDS, by_name, exit_codes, parse, run
from harness.assignments import registry
from harness.batch import one
from harness.properties.offered import offered
from harness.rubric import load
from pages_of_the_docs import BLOCK, PAGES, Block, Typed, blocks, commands, inline, matches, typed
from reference_impls import catalogue
from test_exporting import CANVAS, PEOPLE, WORKSHEET

ROOT = Path(__file__).resolve().parent.parent
INSTALLS = "it installs what these tests run in"
ITSELF = "it runs these tests, or all there is"
MINUTES = "it takes minutes; tests/test_audit.py runs a part of one"
OTTER = "tests/test_otter_kit.py runs Otter, in an environment that has it"
ANSWERS = "it computes many answers; tests/test_student_kit.py and test_otter_kit.py make kits"
PYTEST = "tests/test_pytest_page.py collects what it names; tests/test_pytest_integration.py runs such tests"
CLUSTER = "it needs a cluster; tests/test_cluster.py has one"
REPOSITORY = "it needs a git repository; tests/test_pull_request.py has one"
NOT_RUN = {
    "python -m pip install tox && tox run -e grade": INSTALLS,
    "python -m pip install tox && tox run": INSTALLS,
    "python -m pip install -c constraints.txt .": INSTALLS,
    "python -m venv .venv && . .venv/bin/activate": INSTALLS,
    "python -m pip install -c constraints.txt -e '.[test]'": INSTALLS,
    "python -m pytest -n auto --ignore=tests/pages": ITSELF,
    "harness check rnn_layers.py --watch": "it ends with Ctrl-C; tests/test_watching.py watches",
    "harness audit cs231n": MINUTES,
    "harness audit mytorch --right my_solutions --pairs 50 --out audit": MINUTES,
    "harness grade inbox --executor dask --scheduler tcp://127.0.0.1:8786": CLUSTER,
    "python rnn-kit-lab9/check.py my_rnn.py": "tests/test_student_kit.py unpacks a kit and does so",
    "otter check -t student/tests my_rnn.ipynb -q rnn_backward": OTTER,
    "otter generate -t autograder/tests -o autograder.zip": OTTER,
    "harness kit student cs231n --hints none --form wheel": ANSWERS,
    'harness kit student lab9 --hints none --seed "for the first week" --out kit-lab9.zip': ANSWERS,
    'harness kit otter cs231n --seed "known to the course only" --out tests-of-spring': ANSWERS,
    "tox run -e check -- my_rnn.py": INSTALLS,
    "pytest --submission my_rnn.py": PYTEST,
    'pytest --submission my_rnn.py --assignment lab9 -k "rnn_backward and not slopes"': PYTEST,
    'pytest --submission my_rnn.py --assignment lab9 -m "backward and agreement"': PYTEST,
    'pytest --submission my_rnn.py --assignment lab9 "my_rnn.py::rnn_backward::matches_autograd[dU]"': PYTEST,
    "pytest --submission my_rnn.py --assignment lab9 --lf": PYTEST,
    "pytest --submission my_rnn.py --assignment lab9 -n 2 --junitxml results.xml": PYTEST,
    "pytest --submission my_rnn.py --assignment lab9 --hypothesis-profile thorough": PYTEST,
    "harness ci submissions --each --base origin/main": REPOSITORY,
    "harness ci submissions --each --base origin/main --threshold 60": REPOSITORY,
    "harness ci homework --rubric points.toml --rubric-from origin/main": REPOSITORY,
}
"""Commands that are only parsed, and why."""
SOURCE = "def rnn_forward(x, h0, Wx, Wh, b): ...\n\n\ndef temporal_softmax_loss(x, y, mask): ...\n"
SOURCES = {
    "lab9.py": "def mse_last_step(x, y_true, h0, U, W, V, b, c): ...\n",
    "lab2-2.ipynb": '{"cells": [{"cell_type": "code", "source": "def dL_dU(U, V, W, xs, h0): ..."}], "nbformat": 4}',
    "gru.py": "def gru_step_forward(x, prev_h, Wx, Wh, bx, bh): ...\n",
    "quiz10.py": "import torch\n\n\ndef rnn_forward(x, h0, Wx, Wh, b):\n    return torch.tanh(x)\n",
    "my_homework": "class RNNCell: ...\n",
    "homework": "class RNNCell: ...\n",
}
INBOX = {
    "canvas": ["doejane_101_9001_rnn.py", "roeann_LATE_102_9002_rnn-1.py"],
    "moodle": ["Jane Doe_7001_assignsubmission_file_/rnn.py", "Ann Roe_7002_assignsubmission_file_/rnn.py"],
    "other": ["s01.py", "s02.py", "s06.py", "s07.py"],
}
MISTAKE = ("dWh = dWh + prev.T @ da", "dWh = prev.T @ da")
"""What is wrong with the submission whose report the first page shows."""
FILES = {
    "points.toml": "[points]\n",
    "gradebook.csv": CANVAS.replace(",10,", ",,"),
    "worksheet.csv": WORKSHEET.replace("10.00", "100.00"),
    "people.csv": PEOPLE,
}
ALONE = [(page, each) for page, each in commands() if not page.startswith("docs/tutorials/")]
BY_ITSELF = "docs/tutorials/new_assignment.md"
"""tests/test_new_assignment_page.py runs it: what it installs would stay in the environment of these tests."""
TUTORIALS = [page for page in PAGES if page.startswith("docs/tutorials/") and page != BY_ITSELF]

pytestmark = pytest.mark.usefixtures("one_process")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, where all that is done happens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


# Commands by themselves


def _lay_out(command: str) -> None:
    """The files that a command is about, made up."""
    platform = next((name for name in ("canvas", "moodle") if f"export {name}" in command), "other")
    for word in shlex.split(command)[2:]:
        if word in FILES:
            Path(word).write_text(FILES[word])
        elif word in ("inbox", "submissions"):
            _write(Path(word, name) for name in INBOX["other"])
        elif word.endswith(".zip") and "check" in command:
            with zipfile.ZipFile(word, "w") as archive:
                archive.writestr("rnn.py", SOURCE)
        elif word.endswith((".py", ".ipynb", "homework", "homework/", "my_folder")):
            _write([Path(word) if Path(word).suffix else Path(word, "rnn.py")], SOURCES.get(word.strip("/"), SOURCE))
    if command.split()[1] in ("export", "report", "override"):
        _write(Path("handed_in", name) for name in INBOX[platform])
        for out in ("graded", "reports"):
            run(f"harness grade handed_in -a cs231n --out {out} --isolation process --quiet")
    if "--withdraw" in command:
        run(command.replace("--withdraw", "1"))


def _write(places: Iterable[Path], text: str = SOURCE) -> None:
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def _name(command: str) -> str:
    """The command's own name, such as `harness kit gradescope`."""
    words = command.split()
    return max((n for n in COMMANDS if words[: len(n.split())] == n.split()), key=len)


@pytest.mark.parametrize(("page", "each"), ALONE, ids=[f"{page}: {each.command}" for page, each in ALONE])
def test_a_command_of_the_docs_runs(page: str, each: Typed, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = each.command.partition(" > ")[0]
    if each.command in NOT_RUN:
        if command.startswith("harness "):
            parse(command)
        return
    assert command.startswith("harness "), "run it in the test, or say in NOT_RUN why not"
    if each.output is None:
        monkeypatch.setattr(one, "engine", lambda: by_name)
        monkeypatch.setattr("harness.worker.examining.lines", lambda: ["what a machine offers"])
    _lay_out(command)
    if each.output is not None:
        Path("rnn_layers.py").write_text(catalogue.source("cs231n").replace(*MISTAKE))
    code, said = run(command + " --isolation process" * (_name(command) in ("harness grade", "harness ci")))
    assert code in exit_codes(_name(command)).keys() - {2, 3, 130}, said
    assert each.output is None or matches(each.output, said), said


@pytest.mark.parametrize("page", PAGES)
def test_commands_stand_where_they_are_run(page: str) -> None:
    """In blocks of `sh` and `console`, and nowhere else."""
    elsewhere = [b.text for b in blocks(page) if b.language not in ("sh", "console")]
    indented = re.findall(r"^ {4}(.*)", BLOCK.sub("", PAGES[page]), re.MULTILINE)
    for line in [*"".join(elsewhere).splitlines(), *indented]:
        found = re.match(r"\$ |harness [a-z]+ ", line) and "[OPTIONS]" not in line
        assert not found, f"make it a block of `sh` or `console`: {line}"


def test_what_is_not_run_is_in_the_docs() -> None:
    assert NOT_RUN.keys() <= {each.command for _, each in commands()}


# Tutorials


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_comes_out_as_it_says(page: str, place: Path) -> None:
    Path("submissions").symlink_to(ROOT / "submissions")
    for block in blocks(page):
        if block.title:
            _save(block)
        for command, output in typed(block):
            if command in NOT_RUN:
                continue
            code, said = _type(command)
            harness = command.startswith("harness ")
            assert code in (exit_codes(_name(command)).keys() - {2, 3, 130} if harness else {0}), said
            assert output is None or matches(output, said), f"$ {command}\n{said}"


def _type(command: str) -> tuple[int, str]:
    line, _, into = command.partition(" > ")
    if line.startswith("harness "):
        code, said = run(line + " --isolation strongest" * (_name(line) in ("harness grade", "harness ci")))
        if into:
            Path(into).write_text(said)
        return code, "" if into else said
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)
    return done.returncode, done.stdout + done.stderr


def _save(block: Block) -> None:
    """A block with a title is a file; one of differences changes it."""
    file = Path(block.title)
    if block.language != "diff":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text)
        return
    old, new = ("".join(line[1:] + "\n" for line in block.text.splitlines() if line[0] in f" {s}") for s in "-+")
    assert file.read_text().count(old) == 1, f"{old!r} should stand once in {file}"
    file.write_text(file.read_text().replace(old, new))


# Commands within sentences


@pytest.mark.parametrize("page", PAGES)
def test_a_command_in_a_sentence_is_one(page: str) -> None:
    for command in inline(page):
        words = command.split()
        if words[0] == "harness":
            rest = words[len(_name(command).split()) :]
            assert (
                not rest
                or rest[0].startswith("-")
                or rest[0].isupper()
                or not hasattr(COMMANDS[_name(command)], "commands")
            ), command
            known = {o for p in COMMANDS[_name(command)].params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
            assert {w.partition("=")[0] for w in words if re.match(r"--?[a-z]", w)} <= known, command
        elif words[:2] == ["python", "-m"]:
            assert words[2] in ("pip", "harness", "pytest") or list(ROOT.glob(words[2].replace(".", "/") + "*")), (
                command
            )
        elif words[0] == "python":
            known = [*ROOT.glob("*/" + words[1]), *ROOT.glob(words[1]), *(ROOT / "harness").rglob(words[1])]
            assert known or words[1].startswith("-"), command
        elif "-e" in words:
            environments = re.findall(r"^\[testenv:(.+)\]", (ROOT / "tox.ini").read_text(), re.MULTILINE)
            asked = words[words.index("-e") + 1].split(",")
            assert all(name in environments or re.fullmatch(r"py31[123](-bare)?", name) for name in asked), command


@pytest.mark.parametrize("line", ["`harness chekc a.py`", "`harness check --no-such-option`", "`python nowhere.py`"])
def test_a_command_that_is_none_would_be_seen(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAGES, "page.md", f"See {line}.")
    with pytest.raises(AssertionError):
        test_a_command_in_a_sentence_is_one("page.md")


@pytest.mark.parametrize(
    ("expected", "came", "good"),
    [
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a … c\n", "a b c\n\n", True),
        ("a\n", "a\nb\n", False),
        ("a … c\n", "a b d\n", False),
    ],
)
def test_what_is_printed_is_compared_line_by_line(expected: str, came: str, good: bool) -> None:
    assert matches(expected, came) == good


# Other blocks


@pytest.mark.parametrize("page", [p for p in PAGES if any(b.language in ("toml", "python") for b in blocks(p))])
def test_rubrics_and_programs_in_the_docs_are_whole(page: str, tmp_path: Path) -> None:
    for block in blocks(page):
        if block.language == "toml" and "[points]" in block.text:
            (tmp_path / "points.toml").write_text(block.text)
            load(tmp_path / "points.toml", registry.every(), offered)
        elif block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "python":
            compile(block.text, page, "exec")
