"""Test files for Otter: what they hold, that right solutions pass and wrong ones do not, and Otter running them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grading import DEEP
from harness.assignments import registry
from harness.cli import app
from harness.diagnosis import reproducing
from harness.kits import otter
from harness.kits.otter import OtterKit
from reference_impls import catalogue

ROOT = Path(__file__).parent.parent
NEEDS_OTTER = "otter-grader is not installed; `tox run -e otter` installs it and runs these"
IDS = [a.id for a in registry.every()]


@pytest.fixture(scope="module")
def made() -> Callable[[str], Mapping[str, bytes]]:
    known: dict[str, Mapping[str, bytes]] = {}
    return lambda name: known.setdefault(name, otter.otter_files(OtterKit(name, "0")))


class Recorded:
    """In the place of Otter's decorator: notes its arguments and the function."""

    def __init__(self, **said: Any) -> None:
        self.said = said

    def __call__(self, function: Callable[[Mapping[str, Any]], None]) -> Recorded:
        self.function = function
        return self


@pytest.fixture
def tests_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], list[Recorded]]:
    """The test cases of a file, as Otter finds them."""
    stand_in: Any = types.ModuleType("otter.test_files")
    stand_in.test_case = Recorded
    monkeypatch.setitem(sys.modules, "otter", types.ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", stand_in)

    def found(data: bytes) -> list[Recorded]:
        space: dict[str, Any] = {}
        exec(data, space)  # noqa: S102 - the project's own
        return [value for value in space.values() if isinstance(value, Recorded)]

    return found


def failing(tests: list[Recorded], code: Mapping[str, Any]) -> list[str]:
    """Names of the tests that a submission fails."""

    def fails(test: Recorded) -> bool:
        try:
            test.function(code)
        except Exception:  # noqa: BLE001 - as Otter does: a test that raises fails
            return True
        return False

    return [test.said["name"] for test in tests if fails(test)]


def _tests(files: Mapping[str, bytes], folder: str = "autograder") -> Iterator[tuple[str, bytes]]:
    return ((Path(n).stem, data) for n, data in files.items() if n.startswith(f"{folder}/tests/"))


@pytest.mark.parametrize("assignment", [a for a in IDS if DEEP or a in ("lab9", "quiz10", "mytorch")])
def test_a_right_solution_passes_every_test(
    assignment: str, made: Callable[[str], Mapping[str, bytes]], tests_of: Callable[[bytes], list[Recorded]]
) -> None:
    code = vars(reproducing.module(assignment, ()))
    for folder in ("autograder", "student"):
        for name, data in _tests(made(assignment), folder):
            assert failing(tests_of(data), code) == [], name


@pytest.mark.parametrize("assignment", [a for a in IDS if DEEP or a in ("lab9", "quiz10")])
def test_mistakes_that_any_numbers_show_are_caught(
    assignment: str, made: Callable[[str], Mapping[str, bytes]], tests_of: Callable[[bytes], list[Recorded]]
) -> None:
    """But for an epsilon of somebody's own, which can be lost in what float32 is allowed."""
    files = {name: tests_of(data) for name, data in _tests(made(assignment))}
    rows = [m for m in catalogue.misconceptions(assignment) if m.shows_at == "any" and not m.size]
    for mistake in rows if DEEP else rows[::3]:
        code = vars(reproducing.module(assignment, (mistake,)))
        assert any(failing(tests, code) for tests in files.values()), mistake.id


def test_points_are_those_of_the_contract_and_hidden_cases_are_not_for_students(
    made: Callable[[str], Mapping[str, bytes]], tests_of: Callable[[bytes], list[Recorded]]
) -> None:
    for entry in registry.get("lab9").entry_points:
        hers = tests_of(made("lab9")[f"autograder/tests/{otter.question(entry)}.py"])
        assert sum(t.said["points"] for t in hers) == pytest.approx(entry.points)
        assert {t.said.get("hidden", False): t.said["points"] > 0 for t in hers} == {True: True, False: False}
        theirs = tests_of(made("lab9")[f"student/tests/{otter.question(entry)}.py"])
        assert not any("hidden" in t.said for t in theirs)
        assert len(theirs) == len([t for t in entry.tensors if not t.optional])
        assert made("lab9")[f"student/tests/{otter.question(entry)}.py"].count(b"def run_") == otter.SHOWN


def test_methods_and_variants_get_names_that_files_can_have() -> None:
    names = [otter.question(e) for a in registry.every() for e in a.entry_points]
    assert "RNNCell_backward" in names
    assert "CaptioningRNN_loss_rnn" in names
    assert all(name.isidentifier() for name in names)


def test_the_tree_on_the_page_is_the_one_that_is_written(made: Callable[[str], Mapping[str, bytes]]) -> None:
    page = (ROOT / "docs" / "kits.md").read_text()
    (tree,) = re.findall(r"```text\notter-lab9/\n(.*?)```", page, re.DOTALL)
    assert {line.split()[0] for line in tree.splitlines()} <= made("lab9").keys()


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["kit", "otter", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_writes_a_folder_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = run("lab9")
    assert (code, "otter-lab9: 3 questions" in said) == (0, True)
    kept = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert "otter-lab9/autograder/tests/rnn_backward.py" in kept
    code, said = run("lab9")
    assert (code, "is there already" in said, [p.name for p in tmp_path.iterdir()]) == (2, True, ["otter-lab9"])
    assert run("cs999")[0] == 2
    code, said = run("lab9", "--out", "otter.zip")
    assert (code, "a folder is written" in said, [p.name for p in tmp_path.iterdir()]) == (2, True, ["otter-lab9"])
    code, said = run("lab9", "--out", "no/such/folder")
    assert (code, "cannot write no/such/folder" in said, [p.name for p in tmp_path.iterdir()]) == (
        3,
        True,
        ["otter-lab9"],
    )


@pytest.fixture
def course(tmp_path: Path, made: Callable[[str], Mapping[str, bytes]]) -> Path:
    """A folder with the kit and with a right and a wrong notebook, where Otter is installed."""
    pytest.importorskip("otter", reason=NEEDS_OTTER)
    for name, data in made("lab9").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    right = (ROOT / "reference_impls" / "lab9" / "model.py").read_text()
    wrong = (ROOT / "submissions" / "lab9" / "s04.py").read_text()
    for name, code in (("right", right), ("wrong", wrong)):
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook(code)))
    return tmp_path


def notebook(code: str) -> dict[str, Any]:
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "solution",
        "metadata": {},
        "outputs": [],
        "source": code,
    }
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def _called(course: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_otter_checks_a_notebook_by_a_students_tests(course: Path) -> None:
    check = (sys.executable, "-m", "otter", "check", "-t", "student/tests")
    assert "All tests passed!" in _called(course, *check, "right.ipynb")
    said = _called(course, *check, "wrong.ipynb", "-q", "rnn_backward")
    assert "dU[0, 0] is " in said
    assert "(T=2, D=1, H=1, O=2; 1 of 1 elements are wrong)" in said


GRADE = """
import json, sys
from otter.api import grade_submission
graded = grade_submission(sys.argv[1], sys.argv[2], quiet=True)
print(json.dumps({name: [r.score, r.possible] for name, r in graded.results.items()}))
"""


def test_otter_grades_with_the_autograders_tests(course: Path) -> None:
    generate = ("generate", "-t", "autograder/tests", "-o", "autograder.zip", "--no-environment")
    _called(course, sys.executable, "-m", "otter", *generate)
    scores = {}
    for name in ("right", "wrong"):
        said = _called(course, sys.executable, "-c", GRADE, f"{name}.ipynb", "autograder.zip")
        scores[name] = json.loads(said.splitlines()[-1])
    assert scores["right"] == {"rnn_forward": [2, 2], "rnn_backward": [5, 5], "mse_last_step": [3, 3]}
    assert scores["wrong"]["rnn_forward"] == [2, 2]
    assert scores["wrong"]["rnn_backward"] == pytest.approx([5 - 5 / 7, 5])
    assert scores["wrong"]["mse_last_step"] == pytest.approx([3 - 3 / 6, 3])
