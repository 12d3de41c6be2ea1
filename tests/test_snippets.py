"""The pasted program runs with the array library and the student's file alone, and shows the same numbers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grading import grade_file
from harness.report import Counterexample
from sharing import share

REFERENCE = Path(__file__).parent.parent / "reference_impls"
WRONG = {
    "cs231n": (
        "rnn_layers.py",
        [
            ("g = da @ Wh.T", "g = da @ Wh"),
            ("da = dnext_h * (1 - next_h ** 2)", "da = dnext_h * next_h"),
            ("np.add.at(dW, x, dout)", "dW[x] += dout"),
            ("dprev_c = dc * f", "dprev_c = dc"),
            ("dbias = dout.sum", "dbias = dout.mean"),
            ("loss = -(logs", "loss = (logs"),
            ('grads["b_proj"] = dfirst.sum(axis=0)', 'grads["b_proj"] = 2 * dfirst.sum(axis=0)'),
            ("np.full(features.shape[0], self._start)", "np.full(features.shape[0], self._null)"),
        ],
    ),
    "quiz10": ("my quiz-10.py", [("g = da @ Wh.T", "g = da @ Wh"), ("torch.tanh(x[:, t]", "torch.tanh(1 + x[:, t]")]),
    "cs187": (
        "lab 2.py",
        [
            ("g = da * V", "g = da * W"),
            ("logits.append(W @ h)", "logits.append(W @ h + 1)"),
            ("range(1, len(words))", "range(len(words))"),
            ("V = torch.zeros_like(T)", "V = torch.eye(len(T))"),
        ],
    ),
    "lab9": ("lab9.py", [("carry = W.T @ da", "carry = W @ da"), ("slope = 2 * error", "slope = error")]),
    "mytorch": ("rnn.py", [("dz.T @ h_prev_l / N", "dz.T @ h_prev_l"), ("return dh / N", "return dh")]),
}


def _examples(path: Path, assignment: str) -> dict[str, Counterexample]:
    report = grade_file(path, assignment)
    checks = [
        (e.name, c) for e in report.entry_points for c in e.checks if c.counterexample and c.counterexample.snippet
    ]
    return {f"{name} {c.tensor}": c.counterexample for name, c in checks if c.counterexample}


@pytest.mark.parametrize("assignment", WRONG)
def test_the_snippet_shows_the_numbers_of_the_report(assignment: str, tmp_path: Path) -> None:
    name, edits = WRONG[assignment]
    source = (REFERENCE / assignment / "model.py").read_text()
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    path = tmp_path / name
    path.write_text(source)
    examples = _examples(path, assignment)
    assert len(examples) >= 3
    few = share(list(examples), str, lambda title: [title.partition(" ")[0]], 3)
    for title in few:
        example = examples[title]
        done = subprocess.run(
            [sys.executable, "-c", example.snippet], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (title, done.stderr)
        assert example.worst is not None
        assert example.worst.actual[:6] in done.stdout, (title, example.worst, done.stdout)
        assert str(example.worst.expected)[:6] in done.stdout, (title, example.worst, done.stdout)


def test_a_snippet_brings_the_layers_of_other_homework(tmp_path: Path) -> None:
    source = (REFERENCE / "mytorch" / "model.py").read_text()
    start, end = source.index("class Linear"), source.index("class RNNPhonemeClassifier")
    source = source[:start] + source[end:].replace("return dh / N", "return dh")
    path = tmp_path / "rnn_classifier.py"
    path.write_text("from mytorch.linear import Linear\n" + source)
    example = _examples(path, "mytorch")["RNNPhonemeClassifier.backward dh_0"]
    done = subprocess.run(
        [sys.executable, "-c", example.snippet], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert example.worst is not None
    assert example.worst.actual[:6] in done.stdout


WILD = Path(__file__).parent / "wild" / "submissions"


@pytest.mark.parametrize(
    ("name", "file", "old", "new"),
    [
        ("mytorch_no_init_weights", "rnn.py", "delta * h_t**2", "delta * h_t"),
        ("mytorch_no_init_weights", "rnn.py", "array(dh) / len(delta)", "array(dh)"),
        ("mytorch_no_zero_grad", "rnn_cell.py", "np.square(h_t)", "h_t"),
        ("mytorch_device_dtype", "rnn_cell.py", "h_t * h_t", "h_t"),
        ("mytorch_called_not_forward", "rnn_cell.py", "np.tanh(", "np.sin("),
        ("mytorch_old_names", "rnn_cell.py", "derivative(state=h) * delta", "derivative(state=h)"),
        ("mytorch_old_names", "rnn_classifier.py", "dh / batch_size", "dh"),
    ],
)
def test_a_snippet_calls_a_submission_of_another_form_as_it_was_called(
    name: str, file: str, old: str, new: str, tmp_path: Path
) -> None:
    for source in (WILD / name).iterdir():
        if source.suffix == ".py":
            text = source.read_text()
            assert source.name != file or old in text
            (tmp_path / source.name).write_text(text.replace(old, new) if source.name == file else text)
    examples = _examples(tmp_path, "mytorch")
    assert examples
    few = share(list(examples), str, lambda title: [title.partition(" ")[0]], 3)
    for title in few:
        example = examples[title]
        done = subprocess.run(
            [sys.executable, "-c", example.snippet], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (title, done.stderr)
        assert example.worst is None or example.worst.actual[:6] in done.stdout, (title, example.worst, done.stdout)
