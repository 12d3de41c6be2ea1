"""`harness new`: what is read of a solution, what is marked and refused; nothing is executed or half written."""

from __future__ import annotations

import ast
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.assignments import contradictions
from harness.authoring import chaining, guessing, placing, reading, unbounded, writing
from harness.authoring.reading import NotUsable
from harness.cli import app
from reference_impls import catalogue

ROOT = Path(__file__).resolve().parent.parent
GRU = ROOT / "reference_impls" / "gru" / "model.py"
STEP = '''
def cell_forward(x, h_prev, W, b):
    """x (N,D), h_prev (N,H), W (D,H) -> h (N,H), cache"""
    return h, cache

def cell_backward(dh, cache):
    return dx, dh_prev, dW, db
'''


def made(text: str) -> dict[str, str]:
    return writing.files("mine", reading.understood(text, "mine.py"))


def family(text: str) -> guessing.Family:
    (found,) = guessing.families(reading.understood(text, "mine.py"))
    return found


def run(command: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, shlex.split(command))
    return result.exit_code, " ".join(result.output.split())


def test_shapes_roles_and_gradients_are_read() -> None:
    found = family(STEP)
    assert {i.name: (i.dims, i.role) for i in found.inputs} == {
        "x": (("N", "D"), "data"),
        "h_prev": (("N", "H"), "state"),
        "W": (("D", "H"), "weight"),
        "b": (guessing.UNKNOWN, "bias"),
        "dh": (("N", "H"), "upstream"),
    }
    assert found.upstream == {"dh": "h"}
    forward, backward = found.points
    assert [(r.name, r.dims, r.wrt) for r in backward.results] == [
        ("dx", ("N", "D"), "x"),
        ("dh_prev", ("N", "H"), "h_prev"),
        ("dW", ("D", "H"), "W"),
        ("db", guessing.UNKNOWN, "b"),
    ]
    assert (forward.cache, backward.forward) == ("cache", "cell_forward")


@pytest.mark.parametrize(
    "said",
    ["x (N, D)", "x: (N,D)", "x of shape (N, D)", "Input data x, shape (N, D)", "x (N,D), of the batch (all of it)"],
)
def test_shapes_are_read_as_people_write_them(said: str) -> None:
    text = f'def f(x):\n    """{said}"""\n    return x\n'
    assert reading.understood(text, "f.py").functions[0].shapes["x"] == ("N", "D")


def test_what_nobody_said_is_marked_and_told_to_be_missing() -> None:
    files = made(STEP)
    marks = [(path, text) for path, _, text in writing.marks(files)]
    assert ("mine/contract.py", 'Input("b", ("TODO",), "bias"),  # TODO: are shape and role right?') in marks
    assert any(path == "mine/definition.py" and "compute h with torch" in text for path, text in marks)


def test_a_contract_with_a_shape_to_fill_in_is_told_and_a_whole_one_is_not() -> None:
    told, whole = ({}, {})
    exec(made(STEP)["mine/contract.py"], told)  # noqa: S102 - what was written here
    exec(made(GRU.read_text())["mine/contract.py"], whole)  # noqa: S102
    assert "input b of group cell has the dimension TODO; known are N, D, H" in list(
        contradictions.of(told["ASSIGNMENT"])
    )
    assert not list(contradictions.of(whole["ASSIGNMENT"]))
    steps = {e.name: (e.forward, e.step) for e in whole["ENTRY_POINTS"]}
    assert steps["gru_backward"] == ("gru_forward", "gru_step_backward")
    assert steps["gru_forward"] == ("", "gru_step_forward")


@pytest.mark.parametrize(
    "name", [f"{a}/model.py" for a in ("cs231n", "cs187", "gru", "lab9", "quiz10")], ids=lambda n: n.partition("/")[0]
)
def test_of_every_solution_here_come_files_that_are_python(name: str) -> None:
    files = made((ROOT / "reference_impls" / name).read_text())
    for path, text in files.items():
        if path.endswith(".py"):
            ast.parse(text)
    rows = catalogue._understood(files["mine/misconceptions.toml"]).misconceptions
    for row in rows:
        changed = catalogue.apply(files["mine/model.py"], row)
        assert changed != files["mine/model.py"]
        ast.parse(changed)
    assert rows


def test_a_sequence_is_recognised_as_its_step_chained() -> None:
    step, sequence = guessing.families(reading.read(GRU))
    found = chaining.chain(sequence, (step, sequence))
    assert found is not None
    assert (found.data, found.start, found.state, found.weights) == ("x", "h0", "prev_h", ("dWx", "dWh", "dbx", "dbh"))
    assert chaining.chain(step, (step, sequence)) is None
    lstm = guessing.families(reading.read(ROOT / "reference_impls" / "cs231n" / "model.py"))
    assert chaining.chain(next(f for f in lstm if f.name == "lstm"), lstm) is None  # two states: no chain is written


def test_lines_that_carry_no_error_bound_are_marked() -> None:
    text = (
        "import numpy as np\n\ndef f(x, W):\n    h = np.zeros((3, 4))\n    h += x @ W\n    n = 0\n    n += 1\n"
        "    y = np.einsum('ij->j', h)\n    return x.dot(W), np.tanh(y), np.zeros_like(x)\n"
    )
    marked = [line for line in unbounded.marked(text, "TODO").splitlines() if "TODO" in line]
    assert [line.partition("  # TODO: ")[2].partition(";")[0] for line in marked] == [
        "no error bound is known for np.zeros",
        "an array is changed in place",
        "no error bound is known for np.einsum",
        "no error bound is known for .dot()",
    ]
    assert unbounded.marked(GRU.read_text(), "TODO") == GRU.read_text()


@pytest.mark.parametrize("assignment", ["cs231n", "gru", "lab9"])
def test_model_solutions_that_run_with_a_bound_are_not_marked(assignment: str) -> None:
    text = catalogue.source(assignment)
    known = ("np.random", "indices", "full", "zeros(n", "add.at")
    new = set(unbounded.marked(text, "TODO").splitlines()) - set(text.splitlines())
    assert not [line for line in new if not any(word in line for word in known)]


def test_a_solution_is_not_executed(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n" + STEP)
    code, said = run(f"new mine_here --from {tmp_path / 'mine.py'} --out {tmp_path / 'out'}")
    assert code == 0, said
    assert not (tmp_path / "ran").exists()


def test_nothing_is_overwritten_and_nothing_half_written_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    code, said = run(f"new mine_here --from {GRU} --out {tmp_path / 'there'}")
    assert (code, "is there already, and nothing is overwritten" in said) == (2, True)

    def full(self: Path, *_: object, **__: object) -> None:
        if self.name == "driver.py":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    code, said = run(f"new mine_here --from {GRU} --out {tmp_path / 'deep' / 'new'}")
    assert (code, "No space left on device" in said) == (3, True)
    assert [p.name for p in tmp_path.rglob("*") if p.name not in ("there", "deep")] == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"def f(:\n", "is not Python (line 1)"),
        (b"x = '\xff'\n", "is not UTF-8 text (byte 5)"),
        (b"x = 1\n", "defines no function that students could be asked for"),
        (b"class Cell:\n    pass\n", "the contract of Cell has to be written by hand"),
        (b"def f_backward(dy, cache): pass\n", "the contract of f_backward has to be written by hand"),
        (b"\0", "is not Python"),
        (b"(" * 5000, "is not Python"),
        (None, "cannot be read: No such file or directory"),
    ],
    ids=str,
)
def test_a_solution_that_cannot_be_used_is_told(tmp_path: Path, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / "mine.py").write_bytes(content)
    code, said = run(f"new mine_here --from {tmp_path / 'mine.py'} --out {tmp_path / 'out'}")
    assert (code, told in said) == (2, True), said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["gru", "json", "numpy", "My_Gru", "a-b", "_x", "class", "x y", "é", "../x"])
def test_names_that_would_shadow_or_mislead_are_refused(name: str) -> None:
    assert placing.wrong_name(name)


def test_a_solution_in_torch_is_begun_without_an_answer_key() -> None:
    files = made("import torch\n" + STEP)
    assert 'library="torch"' in files["mine/contract.py"]
    assert 'model="",' in files["mine/contract.py"]
    assert "in_numpy.py" in files["mine/contract.py"]


def test_what_a_function_does_not_say_of_its_results_is_not_invented() -> None:
    with pytest.raises(NotUsable, match="no function"):
        reading.understood("def _hidden(x): return x\n", "mine.py")
    (function,) = reading.understood("def f(x, size=3):\n    return x @ x, x\n", "mine.py").functions
    assert (function.parameters, function.returns) == (("x",), ("result1", "x"))
