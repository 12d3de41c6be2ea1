"""Every command of the tutorial on new assignments does what it says, and its files are those that it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grading import DEEP
from harness.audit import running
from harness.batch.discover import Entry
from harness.batch.one import Grade, grade_entry
from harness.cli import app
from harness.options import Options
from harness.report import Report
from test_registry import forget, installed

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "tutorials" / "new_assignment.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
SHOWN = [(kind, file, text) for kind, file, text in re.findall(r'```(\w+) title="(.*?)"\n(.*?)```', PAGE, re.DOTALL)]
QUICKER = {"--mutants 20": "--mutants 2 --cases 4", "--assignment my_gru": "--assignment my_gru --cases 4"}
"""What is changed in the commands, but for the nightly tests: there they run as they stand."""


def run(command: str) -> tuple[int, str]:
    for old, new in () if DEEP else QUICKER.items():
        command = command.replace(old, new)
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    return result.exit_code, " ".join(result.output.split())


def put(kind: str, file: str, text: str) -> None:
    """A file as the page shows it; or the lines of a file that a difference changes."""
    path = Path(file)
    if kind != "diff":
        assert path.exists() == (file != "gru_solution.py"), f"{file} is made by a command"
        path.write_text(text, encoding="utf-8")
        return
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", text, re.MULTILINE):
        before, after = (re.sub(r"^[-+]", "", part, flags=re.MULTILINE) for part in (old, new))
        assert path.read_text(encoding="utf-8").count(before) == 1, before
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def pip_install(project: Path, site: Path) -> None:
    """What `pip install -e` leaves behind, by the project's own metadata."""
    about = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    installed(site, about["entry-points"]["harness.assignments"], about["name"], about["version"])
    sys.path.insert(0, str(project))


def in_turn(
    waiting: Sequence[Entry], options: Options, _: int, on_done: Callable[[Report], None], grade: Grade
) -> list[Report]:
    """The entries graded here, one after the other."""
    reports = [grade_entry(entry, options, grade) for entry in waiting]
    for report in reports:
        on_done(report)
    return reports


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in, and one where packages are installed."""
    (tmp_path / "site").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    if not DEEP:  # an audit's graders are this process: no other one has to import PyTorch first
        monkeypatch.setattr(running, "grade_all", in_turn)
    forget()
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "my_gru"]:
        del sys.modules[name]
    monkeypatch.undo()
    forget()


def test_the_page_shows_what_to_run_and_what_to_write() -> None:
    assert [shlex.split(command)[:3] for command in COMMANDS] == [
        ["mkdir", "course"],
        ["cd", "course"],
        ["harness", "new", "my_gru"],
        ["python", "-m", "pip"],
        ["harness", "assignments"],
        ["harness", "check", "gru_solution.py"],
        ["harness", "audit", "my_gru"],
        ["python", "-m", "pytest"],
    ]
    assert [file for _, file, _ in SHOWN] == [
        "gru_solution.py",
        "my_gru/my_gru/contract.py",
        "my_gru/my_gru/definition.py",
        "my_gru/my_gru/misconceptions.toml",
        "my_gru/docs/my_gru.md",
    ]


def test_from_an_empty_folder_to_an_audited_assignment(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, entered, new, pip, listed, checked, audited, tested = COMMANDS
    Path(made.split()[1]).mkdir()
    monkeypatch.chdir(entered.split()[1])
    put(*SHOWN[0])
    code, said = run(new)
    assert (code, "To fill in, " in said) == (0, True), said

    for shown in SHOWN[1:3]:
        put(*shown)
    pip_install(Path(pip.split()[-1]).resolve(), course / "site")
    forget()
    code, said = run(listed)
    assert (code, "cannot be used" in said) == (0, False), said
    assert "my_gru: A GRU by hand (numpy)" in said
    code, said = run(checked)
    assert code == 0, said
    assert "10 of 10 points my_gru" in said

    for shown in SHOWN[3:]:
        put(*shown)
    forget()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(course / "site"), str(Path("my_gru").resolve()), str(ROOT)]))
    code, said = run(audited)
    assert code == 0, said
    assert "2 of 2 right programs pass" in said
    assert "3 of 3 misconceptions called by a name" in said
    assert Path("audit/audit/my_gru/audit.html").is_file()
    done = subprocess.run(
        [sys.executable, *shlex.split(tested)[1:], "-q", "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_the_package_can_be_built_and_says_where_the_assignment_is(tmp_path: Path) -> None:
    """By the build backend that it names, as pip would, where that is installed."""
    hatchling = pytest.importorskip("hatchling.build")
    import zipfile

    project = tmp_path / "course"
    solution = ROOT / "reference_impls" / "gru" / "model.py"
    assert run(f"harness new our_gru --from {solution} --out {project}")[0] == 0
    here = os.getcwd()
    try:
        os.chdir(project)
        wheel = hatchling.build_wheel(str(tmp_path))
    finally:
        os.chdir(here)
    names = zipfile.ZipFile(tmp_path / wheel).namelist()
    assert {"our_gru/contract.py", "our_gru/model.py", "our_gru/misconceptions.toml"} <= set(names)
    assert not [name for name in names if name.startswith(("tests", "right", "docs"))]
    (entry_points,) = (name for name in names if name.endswith("entry_points.txt"))
    assert b"[harness.assignments]\nour_gru = our_gru" in zipfile.ZipFile(tmp_path / wheel).read(entry_points)


def test_the_solution_of_the_page_is_the_model_solution_of_the_shipped_assignment() -> None:
    """But for its first lines and its style, so that what is said here of one is true of the other."""
    import ast

    shown, shipped = (
        ast.dump(ast.Module([n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)], []))
        for text in (SHOWN[0][2], (ROOT / "reference_impls" / "gru" / "model.py").read_text())
    )
    assert shown == shipped
