"""A submission is imported whatever folder it expects to be in, and what it lacks of other homework is supplied."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading import Grade, grade_file

CS231N = (Path(__file__).parent.parent / "reference_impls" / "cs231n" / "model.py").read_text()
MYTORCH = (Path(__file__).parent.parent / "reference_impls" / "mytorch" / "model.py").read_text()
CELL = MYTORCH[: MYTORCH.index("class Linear")]
CLASSIFIER = "import numpy as np\n\n" + MYTORCH[MYTORCH.index("class RNNPhonemeClassifier") :]


def _laid_out(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    "imports",
    [
        "from cs231n.layers import *",
        "from .layers import *",
        "from ..layers import affine_forward",
        "from layers import *",
        "from builtins import range",
        "import pdb",
        "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (10.0, 8.0)\nplt.figure()[0].show()",
        "from tqdm import tqdm\nassert list(tqdm([1, 2])) == [1, 2]",
        "import h5py, torch, seaborn as sns",
        "import torch\nfrom typing import Optional, Tuple, Union\n"
        "Shape = Tuple[torch.Tensor, Union[torch.Tensor, None]]\ndef embed(x: Optional[torch.Tensor]) -> Shape: ...",
        "import torch.nn as nn\nfrom abc import ABC\nclass Net(nn.Module, ABC): pass",
        "from torch.nn import Module\nclass Net(Module, Module): pass\nclass Other(Module, object): pass",
        "from cs231n.classifiers.rnn import *\nfrom cs231n.gradient_check import eval_numerical_gradient",
        "from cs231n.layers import affine_backward\nimport cs231n.layers\ncs231n.layers.relu_forward(np.ones(3))",
    ],
)
@pytest.mark.parametrize("name", ["rnn_layers.py", "cs231n/rnn_layers.py", "a/b/cs231n/rnn_layers.py", "my rnn-1.py"])
def test_imports_of_other_homework_and_bystanders_work(imports: str, name: str, tmp_path: Path) -> None:
    folder = _laid_out(tmp_path / "s", {name: f"import numpy as np\n{imports}\n{CS231N}"})
    report = grade_file(folder, "cs231n", cases=8)
    assert report.passed, report.message


@pytest.mark.parametrize(
    ("cell", "classifier", "imports"),
    [
        ("mytorch/rnn_cell.py", "mytorch/rnn_classifier.py", "from mytorch.rnn_cell import *"),
        ("mytorch/rnn_cell.py", "mytorch/rnn_classifier.py", "from rnn_cell import *"),
        ("mytorch/rnn_cell.py", "models/rnn_classifier.py", "from mytorch.rnn_cell import *"),
        ("hw3/mytorch/rnn_cell.py", "hw3/models/rnn_classifier.py", "from mytorch.rnn_cell import *"),
        ("rnn_cell.py", "rnn_classifier.py", "from rnn_cell import *"),
        ("rnn_cell.py", "rnn_classifier.py", "from .rnn_cell import RNNCell"),
        ("rnn_cell.py", "rnn_classifier.py", "from mytorch.rnn_cell import RNNCell"),
        ("rnn_cell.py", "rnn_classifier.py", "import sys\nsys.path.append('mytorch')\nfrom rnn_cell import *"),
    ],
)
@pytest.mark.parametrize(
    "linear",
    [
        "from mytorch.linear import Linear",
        "from nn.linear import *",
        "from linear import *",
        "from .linear import Linear",
    ],
)
def test_cell_and_classifier_find_each_other(
    cell: str, classifier: str, imports: str, linear: str, tmp_path: Path
) -> None:
    files = {cell: CELL, classifier: f"{imports}\n{linear}\n{CLASSIFIER}"}
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.passed, report.message
    assert report.notes
    assert "the handout's was supplied" in report.notes[0]


def test_a_students_own_linear_is_not_replaced(tmp_path: Path) -> None:
    own = "import numpy as np\nUSED = []\n" + MYTORCH[MYTORCH.index("class Linear") : MYTORCH.index("class RNNPhoneme")]
    files = {
        "rnn_cell.py": CELL,
        "linear.py": own,
        "rnn_classifier.py": f"from rnn_cell import *\nfrom mytorch.linear import Linear, USED\n{CLASSIFIER}",
    }
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.passed, report.message
    assert not report.notes


def test_a_file_that_fails_leaves_the_others_judged(tmp_path: Path) -> None:
    files = {"rnn_cell.py": CELL, "rnn_classifier.py": "def broken(:\n" + CLASSIFIER}
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.status == "graded"
    assert [e.status for e in report.entry_points] == ["pass", "pass", "error", "error"]
    assert "rnn_classifier.py could not be imported: SyntaxError" in report.message


@pytest.mark.parametrize("framework", ["torch", "tensorflow", "keras", "jax"])
def test_a_forbidden_framework_may_be_imported_and_not_used(framework: str, grade_source: Grade) -> None:
    imported = f"import {framework}\nfrom {framework} import nn\nimport {framework}.nn.functional as F\n{MYTORCH}"
    assert grade_source(imported, "mytorch", "a.py", cases=8).passed
    used = imported.replace("h_t = np.tanh(", f"{framework}.tensor(1.0)\n        h_t = np.tanh(")
    report = grade_source(used, "mytorch", "b.py", cases=8)
    assert report.entry_points[0].status == "error"
    assert "automatic differentiation frameworks" in report.entry_points[0].checks[0].message


def test_a_file_named_like_a_library_does_not_replace_it(tmp_path: Path) -> None:
    assert grade_file(_laid_out(tmp_path / "s", {"numpy.py": CS231N}), "cs231n", cases=8).passed


def test_a_package_whose_own_code_fails_is_taken_for_an_empty_one(tmp_path: Path) -> None:
    files = {"cs231n/__init__.py": "from .not_handed_in import anything\n", "cs231n/rnn_layers.py": CS231N}
    assert grade_file(_laid_out(tmp_path / "s", files), "cs231n", cases=8).passed


def test_packages_named_in_imports_need_not_be_there(tmp_path: Path) -> None:
    files = {
        "rnn_cell.py": CELL,
        "rnn_classifier.py": "from hw9.nn.rnn.rnn_cell import RNNCell\nfrom lib.deep.linear import Linear\n"
        + CLASSIFIER,
    }
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.passed, report.message


def test_the_supplied_linear_takes_its_weights_in_either_way(tmp_path: Path) -> None:
    old = """        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)
"""
    assert old in CLASSIFIER
    classifier = CLASSIFIER.replace(old, "        self.output_layer.init_weights(*linear_weights)\n")
    files = {"rnn_cell.py": CELL, "rnn_classifier.py": f"from rnn_cell import *\nfrom linear import *\n{classifier}"}
    assert grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8).passed


@pytest.mark.parametrize(
    "own",
    [
        "raise ImportError('made for another course')\n",
        "print 'Python 2'\n",
        "class Linear:\n    def __init__(self, n_in, n_out, engine): self.engine = engine\n",
        "class Linear:\n    def __init__(self, n_in, n_out): pass\n    def forward(self, A): return A.nothing\n",
    ],
)
def test_layers_of_other_homework_that_cannot_serve_are_replaced(own: str, tmp_path: Path) -> None:
    files = {
        "rnn_cell.py": CELL,
        "linear.py": own,
        "rnn_classifier.py": f"from rnn_cell import *\nfrom linear import Linear\n{CLASSIFIER}",
    }
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.passed, report.message
    assert "linear.py could not serve here" in report.notes[0]


def test_a_mistake_beside_layers_of_other_homework_is_not_excused_by_them(tmp_path: Path) -> None:
    own = "import numpy as np\n" + MYTORCH[MYTORCH.index("class Linear") : MYTORCH.index("class RNNPhoneme")]
    wrong = CLASSIFIER.replace("dh[l] = dh_prev", "raise ValueError('not like this')")
    files = {
        "rnn_cell.py": CELL,
        "linear.py": own,
        "rnn_classifier.py": f"from rnn_cell import *\nfrom linear import Linear\n{wrong}",
    }
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.entry_points[-1].status == "error"
    assert not report.notes


@pytest.mark.parametrize(
    ("imports", "steps"),
    [
        ("from tqdm import trange", "trange"),
        ("import tqdm", "tqdm.trange"),
        ("from past.builtins import xrange", "xrange"),
        ("from six.moves import range as steps", "steps"),
        ("import six", "six.moves.xrange"),
        ("from numba import prange", "prange"),
    ],
)
def test_other_words_for_range_count(imports: str, steps: str, grade_source: Grade) -> None:
    assert "range(" in CS231N
    text = f"{imports}\n{CS231N.replace('range(', steps + '(')}"
    assert grade_source(text, "cs231n", cases=8).passed


LOADS = "import numpy as np\nweights = np.load('weights.npy')\n"


@pytest.mark.parametrize(
    ("files", "imports"),
    [
        ({"rnn_cell.py": LOADS + CELL}, "from rnn_cell import *"),
        ({"rnn_cell.py": LOADS + CELL}, "from mytorch.rnn_cell import RNNCell"),
        (
            {"rnn_cell.py": CELL, "helpers.py": LOADS + "def same(x): return x\n"},
            "from helpers import *\nfrom rnn_cell import *",
        ),
        ({"mytorch/__init__.py": LOADS, "mytorch/rnn_cell.py": CELL}, "from mytorch.rnn_cell import *"),
    ],
)
def test_data_that_is_not_there_hides_no_definition_whoever_imports_the_file(
    files: dict[str, str], imports: str, tmp_path: Path
) -> None:
    classifier = f"{imports}\nfrom linear import Linear\n{CLASSIFIER}"
    report = grade_file(_laid_out(tmp_path / "s", {**files, "rnn_classifier.py": classifier}), "mytorch", cases=8)
    assert report.passed, report.message
    assert any("line 2 was left out: FileNotFoundError" in note for note in report.notes)


def test_an_import_on_the_line_of_what_raised_is_not_taken_for_it(grade_source: Grade) -> None:
    report = grade_source(f"import numpy as np; data = np.load('train.npz')\n{CS231N}", "cs231n", cases=8)
    assert report.passed, report.message


def test_other_homework_of_mytorch_may_be_imported_and_not_be_there(tmp_path: Path) -> None:
    imports = "from mytorch.loss import *\nimport mytorch.optim.sgd\nfrom mytorch.nn.rnn_activation import Tanh\n"
    files = {
        "rnn_cell.py": CELL,
        "rnn_classifier.py": f"{imports}from rnn_cell import *\nfrom linear import *\n{CLASSIFIER}",
    }
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.passed, report.message


OTHERS = "from rnn_cell import *\nfrom linear import Linear\n"


def test_layers_that_others_need_stay_where_only_one_cannot_serve(tmp_path: Path) -> None:
    tanh = "import numpy as np\nclass Tanh:\n    def squash(self, Z): return np.tanh(Z)\n"
    files = {
        "rnn_cell.py": "from activation import Tanh\n" + CELL.replace("np.tanh(", "Tanh().squash("),
        "activation.py": tanh,
        "linear.py": "class Linear:\n    def __init__(self, n_in, n_out, engine): self.engine = engine\n",
        "rnn_classifier.py": OTHERS + CLASSIFIER,
    }
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.passed, report.message
    assert report.notes[0].startswith("linear.py could not serve")


def test_a_stand_in_that_is_returned_is_called_by_its_name(grade_source: Grade) -> None:
    report = grade_source(f"import pandas as pd\n{CS231N.replace('np.tanh(', 'pd.tanh(')}", "cs231n", cases=8)
    assert "is the value of pandas.tanh, which is not there" in report.entry_points[0].checks[0].message


def test_layers_that_were_replaced_are_not_said_to_be_missing(tmp_path: Path) -> None:
    files = {
        "rnn_cell.py": CELL,
        "linear.py": "raise ImportError('made for another course')\n",
        "rnn_classifier.py": OTHERS + CLASSIFIER,
    }
    report = grade_file(_laid_out(tmp_path / "s", files), "mytorch", cases=8)
    assert report.passed, report.message
    assert report.notes == ["linear.py could not serve here; the handout's was taken instead"]


QUIZ10 = (Path(__file__).parent / "formulations" / "quiz10" / "as_printed.py").read_text()


@pytest.mark.parametrize(
    "asked",
    [
        "torch.zeros(1, device='cuda')",
        "torch.zeros(1).to('cuda:0')",
        "torch.zeros(1).to(torch.device('cuda', 0))",
        "torch.nn.Linear(1, 1).cuda().bias.detach() * 0.0",
        "torch.zeros(1).cuda(non_blocking=True)",
    ],
)
def test_code_written_for_a_graphics_card_runs_on_the_cpu(asked: str, grade_source: Grade) -> None:
    text = QUIZ10.replace("    next_h = torch.tanh(", f"    next_h = {asked} + torch.tanh(")
    assert text != QUIZ10
    report = grade_source(text, "quiz10", cases=8)
    assert all(e.status == "pass" for e in report.entry_points if e.name.endswith("forward")), report.entry_points
    assert any("ran on the CPU" in note for note in report.notes)


def test_a_graphics_card_named_in_words_alone_is_not_noted(grade_source: Grade) -> None:
    report = grade_source(f"'Do not use .cuda() or to(cuda) here.'\n{QUIZ10}", "quiz10", cases=8)
    assert report.passed
    assert not report.notes
