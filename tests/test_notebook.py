"""Notebooks as submissions: cells run in order, none hides the others, and checks keep the variables asked for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import numpy as np
import pytest

from grading import entry, grade_file
from harness import celltext, submission, wire
from harness import notebook_text as reading
from harness.assignments import registry
from harness.assignments.contract import Limits
from harness.report import Report
from harness.reporting.wording import place
from harness.worker.session import Result, Session

ROOT = Path(__file__).resolve().parent.parent
DRIVER = "driver_of_checks"
WANTED = {"by_hand": ("h", "U"), "other": ("h",)}


def _loaded(files: dict[str, bytes], library: str = "numpy", **more: object) -> Session:
    session = Session(files, library, [DRIVER], Limits())
    session.wait_until_ready()
    entries = {"rnn": next(iter(files))}
    request = wire.Load(str(session.root), entries, DRIVER, library, snapshots=WANTED, **more)  # type: ignore[arg-type]
    session.loaded = session.load(request)  # type: ignore[attr-defined]
    return session


def _ask(session: Session, operation: str) -> object:
    return next(session.run([(wire.Call(0, operation, ()), [])]))


NUMPY = """
import numpy as np
{imports}
def rnn(): pass
h, U = 1.5, np.ones((2, 2))
grader.check("by_hand").anything[0]()
h = 2.5
grader.check("by_hand")
U += 1
h = 3
grader.check("unasked"); grader.check_all(); grader.export("x.zip")
"""


@pytest.mark.parametrize("imports", ["", "import otter\ngrader = otter.Notebook('lab.ipynb')"])
def test_a_check_keeps_copies_of_the_variables_asked_for_and_the_latest_call_counts(imports: str) -> None:
    with _loaded({"lab.py": NUMPY.format(imports=imports).encode()}) as session:
        assert session.loaded == wire.Loaded({}, ("rnn",), snapshots=("by_hand",))  # type: ignore[attr-defined]
        kept = _ask(session, "kept")
    assert isinstance(kept, Result)
    assert kept.arrays["h"] == 2.5
    assert np.array_equal(kept.arrays["U"], np.ones((2, 2)))


def test_tensors_are_kept_apart_from_their_graph() -> None:
    code = "U = torch.ones(2, requires_grad=True)\nh = U * 2\ngrader.check('by_hand')\nh += 1"
    with _loaded({"lab.py": f"import torch\ndef rnn(): pass\n{code}".encode()}, "torch") as session:
        kept = _ask(session, "kept")
    assert isinstance(kept, Result)
    assert kept.arrays["h"].tolist() == [2.0, 2.0]


def test_a_check_never_called_and_a_variable_that_is_not_there_are_told() -> None:
    with _loaded({"lab.py": b"def rnn(): pass"}) as session:
        never = _ask(session, "kept")
    assert isinstance(never, wire.Failure)
    assert never.message == "grader.check('by_hand') is needed here, and the submission never calls it"
    with _loaded({"lab.py": b"def rnn(): pass\ngrader.check('by_hand')"}) as session:
        absent = _ask(session, "absent")
    assert isinstance(absent, wire.Failure)
    assert absent.message == "o is not defined where grader.check('by_hand') is called"


CODE = "code"
CS231N = (ROOT / "reference_impls" / "cs231n" / "model.py").read_text()


def notebook(*codes: str, **metadata: object) -> str:
    """A notebook with these code cells, a text cell before each, and an output after."""
    output = {"output_type": "stream", "name": "stdout", "text": ["def rnn_forward(): never\n"]}
    cells = []
    for code in codes:
        cells.append({"cell_type": "markdown", "metadata": {}, "source": ["# def title():\n", "text"]})
        lines = code.splitlines(keepends=True)
        cells.append({"cell_type": CODE, "metadata": {}, "source": lines, "outputs": [output], "execution_count": 1})
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def cut(source: str) -> list[str]:
    """A file cut into cells, one for each top-level definition."""
    return re.split(r"\n(?=def |class )", source)


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _grade(path: Path, *codes: str) -> Report:
    return grade_file(_write(path / "hw.ipynb", notebook(*codes)), "cs231n", cases=8)


def test_a_model_solution_cut_into_cells_passes(tmp_path: Path) -> None:
    report = _grade(tmp_path, *cut(CS231N))
    assert report.passed, report.message
    assert report.notes == []
    cells = [n for n, code in enumerate(cut(CS231N), 1) if "def rnn_forward" in code]
    assert (entry(report, "rnn_forward").file, entry(report, "rnn_forward").line) == (f"hw.ipynb, cell {cells[0]}", 1)


OLD = {
    "metadata": {"name": "old"},
    "nbformat": 3,
    "nbformat_minor": 0,
    "worksheets": [
        {
            "cells": [
                {"cell_type": CODE, "language": "python", "input": [code], "outputs": [{"output_type": "nonsense"}]}
                for code in cut(CS231N)
            ]
        }
    ],
}


def test_a_notebook_of_format_3_is_read(tmp_path: Path) -> None:
    path = _write(tmp_path / "hw.ipynb", json.dumps(OLD))
    assert (
        submission.read(path).files[0].data
        == submission.read(_write(tmp_path / "new.ipynb", notebook(*cut(CS231N)))).files[0].data
    )


def test_a_folder_of_a_notebook_and_helper_modules_is_graded_and_a_broken_notebook_there_is_left_out(
    tmp_path: Path,
) -> None:
    (tmp_path / "helpers.py").write_text("import numpy as np\n")
    (tmp_path / "other.ipynb").write_text("{}")
    report = grade_file(
        _write(tmp_path / "hw.ipynb", notebook("from helpers import *", *cut(CS231N))).parent, "cs231n", cases=8
    )
    assert report.passed, report.message
    assert submission.read(tmp_path).left_out == ("other.ipynb",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "hw.ipynb: is not a notebook: it is not valid JSON (JSONDecodeError"),
        ("[" * 200_000, "hw.ipynb: is not a notebook: it is not valid JSON (RecursionError"),
        ("[]", "hw.ipynb: is not a notebook: its JSON holds no list of cells"),
        ('{"cells": 3}', "hw.ipynb: is not a notebook: its JSON holds no list of cells"),
        (notebook(kernelspec={"language": "R", "name": "ir"}), "hw.ipynb: is a notebook in R; expected one in Python"),
        (notebook("x", language_info={"name": "julia"}), "hw.ipynb: is a notebook in julia; expected one in Python"),
        (notebook(), "hw.ipynb: holds no code"),
        (notebook(" \n", ""), "hw.ipynb: holds no code"),
        ('{"worksheets": [3], "nbformat": 3}', "hw.ipynb: is a notebook of an old format that cannot be converted"),
        (notebook("x" * (3 << 20)), "hw.ipynb: holds more than 5000 code cells or 2 MiB of code"),
    ],
    ids=range(10),
)
@pytest.mark.parametrize("folder", [False, True])
def test_what_is_no_python_notebook_is_told_in_a_sentence(text: str, said: str, folder: bool, tmp_path: Path) -> None:
    path = _write(tmp_path / "hw.ipynb", text)
    with pytest.raises(submission.Unreadable, match=re.escape(said)):
        submission.read(tmp_path if folder else path)


def test_large_outputs_are_not_carried(tmp_path: Path) -> None:
    content = json.loads(notebook("def rnn(): pass"))
    content["cells"][1]["outputs"] = [{"output_type": "display_data", "data": {"image/png": "A" * (10 << 20)}}]
    read = submission.read(_write(tmp_path / "hw.ipynb", json.dumps(content)))
    assert read.files[0].data == b"# %% cell 1\ndef rnn(): pass\n"


@pytest.mark.parametrize(
    ("code", "inert"),
    [
        ("%matplotlib inline\nx = 1", "pass  # %matplotlib inline\nx = 1"),
        ("if x:\n    !wget it's", "if x:\n    pass  # !wget it's"),
        ("x = (5\n  % 2)\n!ls", "x = (5\n  % 2)\npass  # !ls"),
        ("s = '''\n!not a command\n'''\n?print", "s = '''\n!not a command\n'''\npass  # ?print"),
        ("np.sum??", "pass  # np.sum??"),
        ("files = !ls", "files = []  # !ls"),
        ("!pip install a \\\n  b c\nx", "pass  # !pip install a \\\n#   b c\nx"),
        ("pip install torch", "pass  # pip install torch"),
        ("  %time x = f()", "  x = f()"),
        ("\n%%time\nx = 1", "\n# %%time\nx = 1"),
        ("%%capture out\n%cd y\nx", "# %%capture out\npass  # %cd y\nx"),
        ("%%bash\nls", "# %%bash\n# ls"),
        ("%%writefile a.py\nx = 1", "# %%writefile a.py\n# x = 1"),
        ("%%unheard_of\nx = 1", "# %%unheard_of\nx = 1"),
        ("%%unheard_of\nx y z", "# %%unheard_of\n# x y z"),
        ("%%!\nls", "# %%!\n# ls"),
        ("x = = 1", "x = = 1"),
        ("# %% cell 9\nx", "#  %% cell 9\nx"),
    ],
)
def test_what_only_ipython_understands_is_made_inert_on_its_line(code: str, inert: str) -> None:
    assert reading.read(notebook("a", code).encode(), "x").decode() == f"# %% cell 1\na\n# %% cell 2\n{inert}\n"


def test_many_commands_do_not_take_long_and_all_go() -> None:
    code = "\n".join(["!ls (", "x = 1"] * 300)
    assert reading.read(notebook(code).encode(), "x").decode().count("pass  # !ls (") == 300


def test_a_cell_that_is_not_valid_python_is_left_out_and_told(tmp_path: Path) -> None:
    report = _grade(tmp_path, "import numpy as np\nx = = 1", "def broken(:\n  pass", *cut(CS231N))
    assert report.passed, report.message
    assert [note.split(" (")[0] for note in report.notes] == [
        "hw.ipynb, cell 1 is not valid Python and was left out: invalid syntax",
        "hw.ipynb, cell 2 is not valid Python and was left out: invalid syntax",
    ]


def _without(name: str) -> list[str]:
    return [code for code in cut(CS231N) if not code.startswith(f"def {name}(")]


def test_an_entry_point_whose_cell_is_not_valid_python_says_so(tmp_path: Path) -> None:
    report = _grade(tmp_path, *_without("rnn_backward"), "\n\ndef rnn_backward(dh, cache):\n    return dh dh")
    found = entry(report, "rnn_backward")
    number = len(_without("rnn_backward")) + 1
    assert (found.status, found.file, found.line) == ("error", f"hw.ipynb, cell {number}", 3)
    assert found.message.startswith(
        f"rnn_backward is defined in hw.ipynb, cell {number}, which is not valid Python and was left out: "
    )
    assert entry(report, "rnn_forward").status == "pass"


def test_an_entry_point_that_is_missing_because_its_cell_raised_says_so(tmp_path: Path) -> None:
    report = _grade(tmp_path, *_without("rnn_backward"), "x = 1\nif 1 / 0:\n    def rnn_backward(dh, cache): return dh")
    found = entry(report, "rnn_backward")
    place = f"hw.ipynb, cell {len(_without('rnn_backward')) + 1}"
    assert found.status == "error"
    assert found.message == f"rnn_backward is defined in {place}, which raised ZeroDivisionError: division by zero"
    assert report.notes == [f"{place} raised ZeroDivisionError: division by zero"]


def test_a_cell_that_raises_hides_neither_later_cells_nor_what_it_defines_itself(tmp_path: Path) -> None:
    definitions = "\n".join(cut(CS231N)[1:])
    failing = f"import not_installed_here\nimport numpy as np\nopen('data.csv')\nnever = 1\n{definitions}"
    report = _grade(tmp_path, "import sys; sys.exit()", "input('name?')", "exit()", "display(get_ipython())", failing)
    assert report.passed, report.message
    assert [note.split(": ")[0] for note in report.notes] == [
        "hw.ipynb, cell 1 raised SystemExit",
        "hw.ipynb, cell 2 raised EOFError",
        "hw.ipynb, cell 5 raised ModuleNotFoundError",
    ]


def test_a_skeleton_that_is_filled_in_further_down_counts_as_filled(tmp_path: Path) -> None:
    skeleton = "def rnn_forward(x, h0, Wx, Wh, b):\n    raise NotImplementedError"
    assert _grade(tmp_path, skeleton, *cut(CS231N)).passed
    assert entry(_grade(tmp_path, *cut(CS231N), skeleton), "rnn_forward").status == "not_attempted"


ENDLESS = [
    "while True:\n    pass",
    "import time\ntime.sleep(1000)",
    "for _ in range(2):\n    try:\n        time.sleep(1000)\n    except:\n        pass\nwhile True: pass",
    "while True:\n    print('flood' * 1000)",
]


def _with_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second for a call, so that tests of what never ends are short."""
    assignment = registry.get("cs231n")
    short = msgspec.structs.replace(assignment, limits=Limits(cpu_call=1.0, wall_call=3.0))
    monkeypatch.setattr(registry, "get", lambda _: short)


def test_cells_that_never_end_are_abandoned_and_later_ones_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _with_limits(monkeypatch)
    report = _grade(tmp_path, *ENDLESS, *cut(CS231N))
    assert report.passed, report.message
    assert all(f"cell {n} did not end: it was stopped after" in note for n, note in enumerate(report.notes, 1))
    assert len(report.notes) == len(ENDLESS)


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(0)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
        "import signal as s\nfor n in (s.SIGPROF, s.SIGALRM):\n    s.signal(n, s.SIG_IGN)\nelse:\n    while True: pass",
    ],
)
def test_a_cell_that_ends_its_process_is_a_verdict(code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _with_limits(monkeypatch)
    report = _grade(tmp_path, code, *cut(CS231N))
    assert report.status == "load_error"
    assert report.message.startswith("it could not be imported: ")


def test_places_in_tracebacks_are_cells_and_their_lines(tmp_path: Path) -> None:
    wrong = "x = 1\n\ndef rnn_step_forward(x, prev_h, Wx, Wh, b):\n    return nothing_like_that"
    report = _grade(tmp_path, *_without("rnn_step_forward"), wrong)
    check = next(c for c in entry(report, "rnn_step_forward").checks if c.traceback)
    frame = check.traceback[-1]
    number = len(_without("rnn_step_forward")) + 1
    assert (frame.file, frame.line, frame.text) == (f"hw.ipynb, cell {number}", 4, "return nothing_like_that")
    assert place(entry(report, "rnn_step_forward")) == f"hw.ipynb, cell {number}, line 3"


def test_a_program_to_paste_goes_to_the_end_of_the_notebook(tmp_path: Path) -> None:
    cells = cut(CS231N.replace("np.tanh(", "np.sin("))
    report = _grade(tmp_path, *cells)
    check = next(c for c in entry(report, "rnn_step_forward").checks if c.counterexample)
    assert check.counterexample
    program = check.counterexample.snippet
    assert "Paste it into a new cell at the end of your notebook" in program
    assert "import rnn" not in program
    assert "hw" not in program
    namespace: dict[str, object] = {}
    exec("\n".join(cells) + "\n" + program, namespace)  # noqa: S102 - the model solution with one mistake


CHECKED = [
    "import numpy as np\ndef rnn(): pass\nh = 1",
    "grader.check('by_hand')",
    "h = 2",
    "U = 1 / 0\ngrader.check('other')",
]


def test_a_notebook_keeps_variables_at_its_checks() -> None:
    text = reading.read(notebook(*CHECKED).encode(), "lab.ipynb")
    with _loaded({"lab.ipynb": text}, cells_cpu=4.0, cells_wall=9.0) as session:
        loaded = session.loaded  # type: ignore[attr-defined]
        kept = _ask(session, "kept")
    assert loaded.snapshots == ("by_hand",)
    assert [*loaded.cells] == ["lab.ipynb, cell 4"]
    assert isinstance(kept, Result)
    assert kept.arrays["h"] == 1


def test_a_notebook_that_defines_nothing_asked_for_is_run_for_its_variables() -> None:
    text = reading.read(notebook("from lab import h", "grader.check('other')").encode(), "lab.ipynb")
    files = {"lab.py": b"def rnn(): pass\nh = 1", "lab.ipynb": text}
    with _loaded(files, cells_cpu=4.0, cells_wall=9.0) as session:
        assert session.loaded == wire.Loaded({}, ("rnn",), snapshots=("other",))  # type: ignore[attr-defined]


def test_cells_know_the_lines_of_the_text_they_stand_on() -> None:
    text = celltext.joined([(1, "a\nb"), (3, ""), (4, "c\n")])
    lines = text.split("\n")
    assert [(c.number, c.code) for c in celltext.cells(text)] == [(1, "a\nb"), (3, ""), (4, "c\n")]
    assert [lines[c.line - 1] for c in celltext.cells(text)] == ["a", "", "c"]
    assert celltext.placed("hw.ipynb", text, 3) == ("hw.ipynb, cell 1", 2)
    assert celltext.placed("hw.ipynb", text, 7) == ("hw.ipynb, cell 4", 1)


def test_pylab_brings_numpy_and_plots_that_do_nothing(tmp_path: Path) -> None:
    cells = ["%pylab inline", "figure(figsize=(3, 4)); plt.plot(zeros(3)); show()", *cut(CS231N)]
    used = "assert sum([1, 2]) == 3 and abs(-1) == 1 and np.ones(2).sum() == 2 and norm(ones(4)) == 2 and pi > 3"
    cells = [cell for cell in cells if not cell.startswith("import numpy")]
    report = _grade(tmp_path, *cells[:2], used, *cells[2:])
    assert report.passed, report.message
    assert report.notes == []


def test_a_module_that_a_cell_writes_can_be_imported(tmp_path: Path) -> None:
    helper = "%%writefile helper.py\nimport numpy as np\n\ndef squash(x):\n    return np.tanh(x)"
    report = _grade(
        tmp_path, helper, "from helper import squash", *[c.replace("np.tanh(", "squash(") for c in cut(CS231N)]
    )
    assert report.passed, report.message
    assert report.notes == []


def test_entry_points_in_a_module_that_a_cell_writes_are_found(tmp_path: Path) -> None:
    first, *rest = ["%%writefile layers_of_mine.py\n" + "\n".join(cut(CS231N)), "from layers_of_mine import *"]
    report = _grade(tmp_path, first, *rest)
    assert report.passed, report.message
    assert {e.file for e in report.entry_points} == {"layers_of_mine.py"}
    again = _grade(tmp_path, first, *rest, *cut(CS231N))
    assert {(e.file or "").partition(",")[0] for e in again.entry_points} == {"hw.ipynb"}


@pytest.mark.parametrize("path", ["../a.py", "/tmp/a.py", "a/../../b.py", "a.txt", "$HOME/a.py", "a.py/b.py"])
def test_a_cell_writes_nothing_outside_the_submission(path: str) -> None:
    text = reading.read(notebook(f"%%writefile {path}\nx = 1", "y = 2").encode(), "x").decode()
    assert celltext.written(text) == {}


def test_a_cell_may_add_to_a_module_and_keeps_its_blank_lines() -> None:
    cells = ["%%writefile lib/a.py\nx = 1\n\n\ny = 2", "%%writefile -a lib/a.py\nz = 3", "%%file ./b.py\n    indented"]
    text = reading.read(notebook(*cells).encode(), "x").decode()
    assert celltext.written(text) == {"lib/a.py": "x = 1\n\n\ny = 2\nz = 3\n", "b.py": "    indented\n"}


def test_a_cell_writes_over_nothing_that_was_handed_in(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    _write(tmp_path / "s" / "lib", "text")
    _write(tmp_path / "s" / "a.py", "x = 1")
    _write(tmp_path / "s" / "hw.ipynb", notebook("%%writefile lib/b.py\nx = 2", "%%writefile a.py\nx = 2"))
    assert {file.name for file in submission.read(tmp_path / "s").files} == {"lib", "a.py", "hw.ipynb"}
