"""`grader.check` in a running notebook: what the kernel has defined is judged, and no answer comes into it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grading import entry, grade_file
from harness import notebook
from harness.notebook import Checked, grader, wanted
from reference_impls import catalogue
from sample_reports import HOSTILE, all_right, failing
from sample_reports import entry as sample_entry
from sample_reports import report as sample_report

ROOT = Path(__file__).resolve().parent.parent
RIGHT = catalogue.source("lab9")
STEPS = RIGHT[: RIGHT.index("def mse_last_step")]
WRONG = RIGHT[RIGHT.index("def mse_last_step") :].replace("slope = 2 * error", "slope = 2 * error + 1")
CELLS = (
    "from harness.notebook import Grader, grader\nimport sys\ndef kept_beside_an_import():\n    return 1",
    STEPS,
    "%matplotlib inline\nfor _ in range(3): pass\n!ls",
    "1 / 0",
    WRONG,
    "grader.check('mse_last_step')",
    "lab = Grader('lab9', cases=8)\nlab.check('mse_last_step').passed",
    RIGHT[len(STEPS) :],
    "found = lab.check_all()\nprint(found)\nfound.passed",
    "lab.check('no_such_function')",
    "sorted(m for m in sys.modules if m.startswith(('reference_impls', 'harness')))",
)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """For every cell, what a live kernel showed, by kind; it runs in a folder with traps."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "reference_impls.py").write_text("raise SystemExit('a file beside the notebook was run')")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    book = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(book, timeout=240, kernel_name="python3", allow_errors=True)
    client.create_kernel_manager()
    with client.setup_kernel(cwd=str(folder), env={**os.environ, "PYTHONPATH": str(ROOT)}):
        for number, cell in enumerate(book.cells):
            client.execute_cell(cell, number)
    return [_shown(cell) for cell in book.cells]


def _shown(cell: nbformat.NotebookNode) -> dict[str, str]:
    shown: dict[str, str] = {}
    for output in cell.outputs:
        kinds = output.get("data") or {output.get("name", "error"): output.get("text") or output.get("evalue")}
        for kind, text in kinds.items():
            shown[kind] = shown.get(kind, "") + text
    return shown


def test_a_wrong_function_is_told_in_words_and_as_a_page(outputs: list[dict[str, str]]) -> None:
    shown = outputs[5]
    assert "mse_last_step fails at T=1" in shown["text/plain"]
    assert "<iframe" in shown["text/html"]
    assert 'sandbox="allow-scripts"' in shown["text/html"]
    assert outputs[6]["text/plain"] == "False"


def test_what_was_mended_since_is_right(outputs: list[dict[str, str]]) -> None:
    assert outputs[8]["text/plain"] == "True", outputs[8]
    assert "No mistake found" in outputs[8]["stdout"]


def test_an_unknown_name_is_a_sentence(outputs: list[dict[str, str]]) -> None:
    assert "no_such_function" in outputs[9]["text/plain"]
    assert "Traceback" not in outputs[9]["text/plain"]
    assert "error" not in outputs[9]


def test_no_answer_comes_into_the_kernel(outputs: list[dict[str, str]]) -> None:
    loaded = outputs[10]["text/plain"]
    assert "'harness.notebook'" in loaded
    for name in ("reference_impls", "harness.verify", "harness.oracles", "harness.diagnosis", "harness.cases"):
        assert name not in loaded


def test_a_notebook_that_calls_the_grader_can_be_handed_in(tmp_path: Path) -> None:
    path = tmp_path / "hw.ipynb"
    cells = [nbformat.v4.new_code_cell(cell) for cell in (f"{CELLS[0]}\n{STEPS}", RIGHT[len(STEPS) :], CELLS[5])]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    report = grade_file(path, "lab9", cases=4)
    assert report.passed
    assert entry(report, "mse_last_step").status == "pass"


def test_outside_a_notebook_there_is_a_sentence() -> None:
    found = grader.check("rnn_forward")
    assert "harness check FILE" in repr(found)
    assert not found.passed


def test_only_the_last_version_of_a_function_is_sent() -> None:
    first, second, both = "def f(): return 1", "def f(): return 2", "def f(): pass\ndef g(): pass"
    assert wanted(["import a", first, "x = 1", second]) == ["import a", "x = 1", second]
    assert wanted([both, first]) == [both, first]
    assert wanted(["x = 1\ndef f(): pass", second]) == ["x = 1\ndef f(): pass", second]
    assert wanted(["plot()", "x = 1", "plot()"]) == ["x = 1", "plot()"]
    assert wanted(["", "  ", "def f(:"]) == ["def f(:"]


def test_a_page_in_a_notebook_is_text_to_the_notebook() -> None:
    wrong = sample_report(HOSTILE, [sample_entry("f", "dx", status="error", message=HOSTILE)], message=HOSTILE)
    shown = Checked(wrong)._repr_html_()
    assert "<script" not in shown
    assert shown.count("<iframe") == 1
    assert Checked(all_right())._repr_html_().count("<iframe") == 0
    assert repr(Checked(failing())).startswith("rnn_")


def test_importing_it_needs_nothing_slow() -> None:
    slow = ("torch", "hypothesis", "numpy", "IPython")
    program = f"import sys, harness.notebook; print([m for m in {slow} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_file_beside_a_notebook_stands_in_for_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    for told in ("", "/opt/a:", ":", "lib:."):
        monkeypatch.setenv("PYTHONPATH", told)
        assert all(map(os.path.isabs, notebook._import_path()))
    assert notebook._import_path()[0] == str(Path(notebook.__file__).parent.parent)
