"""The kit for students: unpacked beside a Python that has numpy alone, without a network, and searched for leaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import types
import venv
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from grading import DEEP
from harness import wire
from harness.assignments import registry
from harness.cli import app
from harness.kits import mistakes, packing, student
from harness.kits.shedding import shed
from harness.kits.student import StudentKit
from leaks import leaks
from reference_impls import catalogue

ROOT = Path(__file__).parent.parent
PROMISED: dict[str, dict[str, dict[str, Any]]] = tomllib.loads((ROOT / "tests" / "cohort.toml").read_text())
WRONG = (ROOT / "submissions" / "lab9" / "s04.py").read_text()
RIGHT = (ROOT / "reference_impls" / "lab9" / "model.py").read_text()
NO_NETWORK = """
import socket

def refused(self, address):
    if self.family != socket.AF_UNIX:
        raise SystemExit("the kit asked for a network")
    return plain(self, address)

plain, socket.socket.connect = socket.socket.connect, refused
"""


def unpacked(folder: Path, assignment: str, **chosen: Any) -> Path:
    """A kit's folder."""
    chosen = {"seed": "0", "cases": 44, "hints": "steps", **chosen}
    name, data = student.student_zip(StudentKit(assignment, **chosen))
    (folder / name).write_bytes(data)
    with zipfile.ZipFile(folder / name) as packed:
        packed.extractall(folder)
    return folder / f"rnn-kit-{assignment}"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("kit"), "lab9")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has numpy, no network, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    installed = Path(np.__file__).parent
    for place in (installed, installed.with_name("numpy.libs")):
        if place.exists():
            (packages / place.name).symlink_to(place)
    (packages / "sitecustomize.py").write_text(NO_NETWORK)
    return folder / "bin" / "python"


def check(python: Path | str, kit: Path, *arguments: object) -> tuple[int, str, str]:
    """Exit code, output and errors of `python check.py`."""
    command = [str(python), "-B", str(kit / "check.py"), *map(str, arguments)]  # -B: it stays as it was unpacked
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=kit.parent)
    return done.returncode, done.stdout, done.stderr


def test_a_bare_python_has_nothing_but_numpy(bare: Path) -> None:
    program = "import numpy\nfor name in ('msgspec', 'harness', 'hypothesis', 'torch', 'jinja2'):\n    __import__(name)"
    done = subprocess.run([bare, "-c", program], capture_output=True, text=True, check=False)
    assert "No module named 'msgspec'" in done.stderr


def test_a_wrong_submission_gets_its_smallest_case_a_question_and_a_program(
    kit: Path, bare: Path, tmp_path: Path
) -> None:
    (tmp_path / "my_rnn.py").write_text(WRONG)
    (tmp_path / "right.py").write_text(RIGHT)
    code, said, errors = check(bare, kit, tmp_path / "right.py", tmp_path / "my_rnn.py", "--only", "rnn_*")
    assert (code, errors) == (1, "")
    assert said.startswith("right: No mistake found: all 2 entry points are right on every case tried.")
    assert "rnn_backward fails at T=2, D=1, H=1, O=1: dU is wrong." in said
    assert "dU differs from PyTorch's gradient on 40 of 44 cases. Wrong whenever T ≥ 2, and never" in said
    assert "Ask yourself: When your loop is at the last step, which input does it multiply by?" in said
    assert "made by rnn-harness" in said
    program = said.partition("Paste this to see the first failure:")[2].partition("\nkit for")[0]
    (tmp_path / "pasted.py").write_text(program)
    done = subprocess.run([bare, "pasted.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "difference: [[-0.012" in done.stdout


def _verdicts(said: str) -> dict[str, dict[str, Any]]:
    reports = map(json.loads, said.splitlines())
    return {Path(report["path"]).stem: report["entry_points"] for report in reports}


def _cohort(assignment: str) -> list[Path]:
    """The example cohort; what runs out of time takes long, and has its turn at night."""
    rows = PROMISED[assignment].items()
    names = [name for name, row in rows if DEEP or "timeout" not in row.values()]
    folder = ROOT / "submissions" / assignment
    return [folder / n if (folder / n).is_dir() else folder / f"{n}.py" for n in names]


@pytest.mark.parametrize("assignment", [a for a in PROMISED if DEEP or a == "lab9"])
def test_verdicts_are_those_of_harness_check(
    assignment: str, kit: Path, bare: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`test_cohort.py` holds `harness check` to the same promises."""
    here = kit if assignment == "lab9" else unpacked(tmp_path_factory.mktemp(assignment), assignment)
    asked = registry.get(assignment)
    python = bare if asked.library == "numpy" else sys.executable
    _, said, errors = check(python, here, "--format", "json", *_cohort(assignment))
    assert errors == ""
    found = _verdicts(said)
    assert found.keys() == {path.stem for path in _cohort(assignment)}
    beyond = {values.entry.name for values in asked.values}
    for name, entries in found.items():
        row = PROMISED[assignment][name]
        assert all(e["status"] == "not_judged" for n, e in entries.items() if n in beyond)
        judged = {n: e for n, e in entries.items() if n not in beyond}
        assert {n: e["status"] for n, e in judged.items()} == {n: row[n] for n in judged}, name
        for entry, verdict in judged.items():
            if verdict["status"] in ("pass", "fail"):
                assert verdict["wrong"] == sorted(row.get("wrong", {}).get(entry, ())), (name, entry)


def _files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_no_file_of_a_kit_tells_a_solution(kit: Path) -> None:
    assert leaks(registry.get("lab9"), _files(kit)) == []


@pytest.mark.parametrize("assignment", registry.every(), ids=lambda a: a.id)
def test_no_module_of_any_kit_tells_a_solution(assignment: Any) -> None:
    assert leaks(assignment, packing.modules(assignment)) == []


def test_a_leak_would_be_found() -> None:
    lab9, cs231n = registry.get("lab9"), registry.get("cs231n")
    assert leaks(lab9, {"notes.txt": RIGHT.encode()})
    assert leaks(lab9, {"mistakes.json": b"dU += np.outer(da, x[t - 1])", "a.py": b"from reference_impls import x"})
    driver = ROOT / "harness" / "assignments" / "lab9" / "driver.py"
    assert leaks(lab9, {"driver.py": driver.read_bytes()})
    supplied = ROOT / "harness" / "assignments" / "cs231n" / "support" / "rnn_layers.py"
    assert leaks(cs231n, {"support/rnn_layers.py": supplied.read_bytes()})
    assert leaks(lab9, {"house/harness/oracles/tracked.py": b"", "start.pyc": b""})


@pytest.mark.parametrize("assignment", registry.every(), ids=lambda a: a.id)
def test_drivers_keep_every_operation_but_the_chains(assignment: Any) -> None:
    package = registry.folders()[assignment.id]
    for name in (f"{package}.driver", *assignment.driver_modules):
        whole, shorn = types.ModuleType("whole"), types.ModuleType("shorn")
        exec(packing.source(name), vars(whole))  # noqa: S102 - the project's own code
        exec(shed(packing.source(name)), vars(shorn))  # noqa: S102
        if not assignment.driver_modules:
            assert shorn.OPERATIONS.keys() == {o for o in whole.OPERATIONS if not o.endswith("/chained")}
        assert not any(function.endswith("_chained") for function in vars(shorn))
        assert "_run_cells" not in vars(shorn)


def test_the_hints_of_a_kit_end_where_the_course_says(tmp_path: Path, bare: Path) -> None:
    (tmp_path / "my_rnn.py").write_text(WRONG)
    for hints in ("none", "full"):
        (tmp_path / hints).mkdir()
    silent = unpacked(tmp_path / "none", "lab9", hints="none", cases=4)
    assert not (silent / "rnn_kit_lab9" / "mistakes.json").exists()
    code, said, _ = check(bare, silent, tmp_path / "my_rnn.py", "--only", "rnn_backward")
    assert (code, "Ask yourself" in said, "Wrong whenever" in said) == (1, False, False)
    telling = unpacked(tmp_path / "full", "lab9", hints="full", cases=8)
    _, said, _ = check(bare, telling, tmp_path / "my_rnn.py", "--only", "rnn_backward")
    assert "dU is wrong. Why: " in said
    assert leaks(registry.get("lab9"), _files(telling)) == []
    names = {row["title"] for row in json.loads((telling / "rnn_kit_lab9" / "mistakes.json").read_text())}
    asked = json.loads((silent / "rnn_kit_lab9" / "kit.json").read_text())
    assert (len(names) > 20, asked["hints"]) == (True, "none")


def test_no_text_of_a_kit_quotes_a_mistake() -> None:
    rows = json.loads(mistakes.mistakes(registry.get("quiz10"), "0", 4, "full"))
    quoting = [row for row in catalogue.misconceptions("quiz10") if "range(T - 1, 0, -1)" in row.explanation]
    (row,) = [row for row in rows if row["title"] == quoting[0].title and row["entry"] == "rnn_backward"]
    assert (row["explanation"], row["question"]) == ("", quoting[0].question)
    assert leaks(registry.get("quiz10"), {"mistakes.json": json.dumps(rows).encode()}) == []


def test_a_kit_at_level_steps_names_no_mistake(kit: Path) -> None:
    rows = json.loads((kit / "rnn_kit_lab9" / "mistakes.json").read_text())
    assert {(row["title"], row["explanation"]) for row in rows} == {("", "")}
    assert all(row["question"] for row in rows)


@pytest.mark.parametrize(("hints", "kind"), [("full", "reset_before"), ("steps", "")])
def test_another_books_function_is_called_one_where_names_are_told(hints: str, kind: str) -> None:
    row = next(m for m in catalogue.misconceptions("gru") if m.convention == "reset_before")
    told = mistakes._text(row, hints)
    assert (told["convention"], told["title"].startswith("another convention: ")) == (kind, bool(kind))


def _edited(kit: Path, folder: Path, name: str, text: str | None) -> Path:
    """A copy of the kit with another file in the place of `name`, or none."""
    files = {**_files(kit), name: text.encode() if text is not None else b""}
    for each, data in files.items():
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        if each != name or text is not None:
            (folder / each).write_bytes(data)
    return folder


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("rnn_kit_lab9/house/harness/wire.py", "# of an older kit", "damaged, or not of this kit's version"),
        ("rnn_kit_lab9/house/harness/wire.py", None, "house/harness/wire.py of version"),
        ("rnn_kit_lab9/kit.json", "{}", "kit.json cannot be read"),
        ("rnn_kit_lab9/kit.json", None, "kit.json cannot be read"),
        ("rnn_kit_lab9/kit.json", '{"format": 0, "harness": "0.0.1", "files": {}}', "of two versions (format 1 and 0)"),
    ],
)
def test_a_stale_or_damaged_kit_says_so_and_what_to_do(
    kit: Path, tmp_path: Path, bare: Path, name: str, text: str | None, says: str
) -> None:
    code, said, errors = check(bare, _edited(kit, tmp_path, name, text), "nothing.py")
    assert (code, said) == (3, "")
    assert says in errors
    assert "unpack the kit again into an empty folder" in errors


def test_a_kits_own_files_say_what_is_missing(kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.kits.inside import start

    assert "it needs Python 3.11 or newer, and this is 3.9" in _on_python(monkeypatch, (3, 9, 1))
    monkeypatch.undo()
    assert start.old_python() == ""
    assert start.no_library("numpy") == ""
    assert "python -m pip install no_such_library" in start.no_library("no_such_library")


def _on_python(monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]) -> str:
    from harness.kits.inside import start

    monkeypatch.setattr(sys, "version_info", version)
    return start.old_python()


def test_what_is_not_there_or_unknown_is_a_sentence(kit: Path, bare: Path, tmp_path: Path) -> None:
    code, _, errors = check(bare, kit, "nowhere.py")
    assert (code, "nowhere.py" in errors) == (3, True)
    (tmp_path / "my_rnn.py").write_text(RIGHT)
    code, _, errors = check(bare, kit, tmp_path / "my_rnn.py", "--only", "rnn_sideways")
    assert (code, "rnn_sideways" in errors) == (2, True)


def made(*arguments: object) -> tuple[int, str]:
    """Exit code of `harness kit student`, and what it says."""
    result = CliRunner().invoke(app, ["kit", "student", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["cs999"], 2, "unknown assignment 'cs999'"),
        (["lab9", "--form", "wheel", "--out", "kit.whl"], 2, "has to be called rnn_kit_lab9-"),
        (["lab9", "--out", "kit.tar"], 2, "--out names a file that ends in .zip"),
        (["lab9", "--out", "kit.whl"], 2, "kit.whl ends in .whl"),
        (["lab9", "--cases", "4", "--out", "no/such/folder/kit.zip"], 3, "cannot write no/such/folder/kit.zip"),
        (["lab9", "--cases", "4", "--seed", "ours"], 0, "grade with another one"),
        (["lab9", "--cases", "4", "--out", "rnn-kit-lab9"], 0, "rnn-kit-lab9.zip: "),
    ],
)
def test_the_command_tells_what_it_made_or_why_it_did_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = made(*arguments)
    assert (found[0], says in found[1]) == (code, True), found[1]
    assert [p.name for p in tmp_path.iterdir()] == (["rnn-kit-lab9.zip"] if code == 0 else [])


def test_an_assignment_without_answers_has_no_kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare_contract = msgspec.structs.replace(registry.get("lab9"), model="")
    monkeypatch.setattr(registry, "get", lambda _: bare_contract)
    with pytest.raises(packing.Unpackable, match="no model solution"):
        student.contents(StudentKit("lab9", "0", 4, "none"))


def test_an_assignment_of_another_package_has_no_kit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "folders", lambda: {"lab9": "theirs.lab9"})
    with pytest.raises(packing.Unpackable, match="comes from another package"):
        packing.modules(registry.get("lab9"))


def test_the_wheel_is_installed_by_pip_and_checks(tmp_path: Path, bare: Path) -> None:
    name, data = student.student_wheel(StudentKit("lab9", "0", 4, "none"))
    (tmp_path / name).write_bytes(data)
    target = tmp_path / "installed"
    install = ["install", "--quiet", "--no-deps", "--no-index", f"--target={target}", str(tmp_path / name)]
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *install], check=True)
    (tmp_path / "my_rnn.py").write_text(WRONG)
    done = subprocess.run(
        [bare, "-m", "rnn_kit_lab9", "my_rnn.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(target)},
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "rnn_backward fails at T=2" in done.stdout
    assert (target / "bin" / "rnn-check-lab9").is_file()
    (info,) = target.glob("*.dist-info")
    assert "Requires-Dist: numpy>=1.26" in (info / "METADATA").read_text()


SPEAKS = """
import sys
sys.path.insert(0, sys.argv[1])
import msgspec
from harness import wire
arrays = (wire.ArraySpec("x", "float64", (2, 300, 70000)), wire.ArraySpec("é", instead="None"))
call = wire.Calls((wire.Call(3, "rnn_forward", arrays, -5),))
print(wire.pack(call).hex())
print(wire.decode_request(bytes.fromhex(sys.argv[2])) == call)
replies = [wire.Ready(7), wire.Raised(1, wire.Failure("E", "m" * 300, (wire.Frame("f.py", 2, "g"),))),
           wire.Returned(2, (), ("x",), ("random",)), wire.Loaded({}, ("f",), cells={"c": wire.Failure("E", "")})]
print(all(wire.decode_reply(wire.pack(r)[12:]) == r for r in replies), msgspec.structs.replace(replies[0], process=8))
for hostile in sys.argv[3:]:
    try:
        print("believed", wire.decode_reply(bytes.fromhex(hostile)))
    except msgspec.DecodeError:
        print("refused")
"""
HOSTILE = (
    *(
        {"type": "Ready"},
        {"type": "Ready", "process": "1"},
        {"type": "Ready", "process": True},
        {"type": "Worse"},
        [],
        5,
    ),
    {"type": "Returned", "id": 1, "outputs": [{"name": "x", "shape": [2.5]}]},
    {"type": "Returned", "id": 1, "outputs": [], "left": ["anything"]},
    {"type": "Raised", "id": 1, "failure": None},
)


def test_the_kits_own_messages_are_those_of_the_harness(kit: Path, bare: Path) -> None:
    arrays = (wire.ArraySpec("x", "float64", (2, 300, 70000)), wire.ArraySpec("é", instead="None"))
    call = wire.Calls((wire.Call(3, "rnn_forward", arrays, -5),))
    hostile = [msgspec.msgpack.encode(message) for message in HOSTILE]
    hostile += [b"", b"\x81", b"\xc1", b"\xdd\xff\xff\xff\xff", b"\x91" * 5000, b"\xa1\xff", hostile[0] + b"\x00"]
    house = kit / "rnn_kit_lab9" / "house"
    sent = [wire.pack(call)[wire.PREFIX.size :].hex(), *(data.hex() for data in hostile)]
    done = subprocess.run([bare, "-c", SPEAKS, house, *sent], capture_output=True, text=True, check=True)
    packed, same, replies, *refused = done.stdout.splitlines()
    assert wire.decode_request(bytes.fromhex(packed)[wire.PREFIX.size :]) == call
    assert (same, replies) == ("True", "True Ready(process=8)")
    assert refused == ["refused"] * len(hostile)


def test_the_same_choices_make_the_same_kit() -> None:
    chosen = StudentKit("lab9", "0", 4, "steps")
    assert student.student_zip(chosen) == student.student_zip(chosen)
