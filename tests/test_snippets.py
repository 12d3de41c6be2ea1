"""The pasted program runs with the array library and the student's file alone, and shows the same numbers."""

from __future__ import annotations

import functools
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grading import DEEP, grade_file
from harness.report import Counterexample

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
    "gru": ("gru.py", [("+ dnext_h * z", ""), ("carry = step[1]", "carry = 2 * step[1]")]),
    "lab9": ("lab9.py", [("carry = W.T @ da", "carry = W @ da"), ("slope = 2 * error", "slope = error")]),
    "mytorch": ("rnn.py", [("dz.T @ h_prev_l / N", "dz.T @ h_prev_l"), ("return dh / N", "return dh")]),
}


Shown = Callable[[str], dict[str, Counterexample]]


def _examples(path: Path, assignment: str, **options: object) -> dict[str, Counterexample]:
    report = grade_file(path, assignment, **options)
    checks = [
        (e.name, c) for e in report.entry_points for c in e.checks if c.counterexample and c.counterexample.snippet
    ]
    return {f"{name} {c.tensor}": c.counterexample for name, c in checks if c.counterexample}


def _wrong(assignment: str, folder: Path) -> Path:
    """The model solution with the mistakes above."""
    name, edits = WRONG[assignment]
    source = (REFERENCE / assignment / "model.py").read_text()
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    path = folder / name
    path.write_text(source)
    return path


RUNNER = """
import contextlib, io, json, sys
printed = []
for program in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(program, {"__name__": "__main__"})
    printed.append(out.getvalue())
json.dump(printed, sys.stdout)
"""


def _run(examples: dict[str, Counterexample], folder: Path) -> dict[str, str]:
    """What the programs print, run where a student would run them; all in one process, since torch is slow to load."""
    programs = json.dumps([e.snippet for e in examples.values()])
    done = subprocess.run(
        [sys.executable, "-c", RUNNER], cwd=folder, input=programs, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(examples, json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The examples of an assignment's wrong program, graded once."""

    @functools.cache
    def graded(assignment: str) -> dict[str, Counterexample]:
        return _examples(_wrong(assignment, tmp_path_factory.mktemp(assignment)), assignment)

    return graded


HIDDEN = {
    "cs231n": (
        "word_embedding_backward dW",
        *(("lstm_step_backward dprev_c", "CaptioningRNN.loss[rnn] db_proj") if DEEP else ()),
    ),
    "quiz10": ("rnn_backward dx",),
    "gru": ("gru_step_backward dprev_h",),
    "lab9": ("rnn_backward dU", "mse_last_step dV"),
    "mytorch": ("RNNCell.backward dW_ih", "RNNPhonemeClassifier.backward dh_0"),
}
"""Gradients that are wrong, for each of which the submission has a function to take slopes of."""
OF_A_WRONG_FORWARD = {"CaptioningRNN.loss[rnn] db_proj", "rnn_backward dx of quiz10"}
"""Where the own forward function is wrong too, its slopes are not the answer."""


@pytest.mark.parametrize("assignment", HIDDEN)
def test_a_snippet_that_hides_the_answer_checks_by_finite_differences(assignment: str, tmp_path: Path) -> None:
    path, titles = _wrong(assignment, tmp_path), HIDDEN[assignment]
    names = tuple(t.split()[0] for t in titles)
    shown = _examples(path, assignment, only=names, cases=8)
    found = _examples(path, assignment, hide_expected=True, only=names, cases=8)
    examples = {t: found[t] for t in titles}
    for title, printed in _run(examples, tmp_path).items():
        answer, worst = shown[title].worst, examples[title].worst
        assert answer is not None
        assert answer.expected is not None
        assert worst is not None
        assert worst.actual[:6] in printed
        assert "expected" not in examples[title].snippet
        assert answer.expected[:6] not in examples[title].snippet
        slopes = _numbers(printed.partition("by finite differences")[2].partition("difference:")[0])
        near = any(math.isclose(n, float(answer.expected), rel_tol=1e-5, abs_tol=1e-8) for n in slopes)
        assert near is (not {title, f"{title} of {assignment}"} & OF_A_WRONG_FORWARD), printed


def _numbers(printed: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", printed)]


@pytest.mark.parametrize(
    ("assignment", "name"), [("cs187", "dL_dU"), *([("cs231n", "CaptioningRNN.sample[rnn]")] if DEEP else [])]
)
def test_what_has_no_finite_differences_is_shown_alone_and_says_so(assignment: str, name: str, tmp_path: Path) -> None:
    path = _wrong(assignment, tmp_path)
    examples = _examples(path, assignment, hide_expected=True, only=(name,), cases=8)
    assert examples
    for title, printed in _run(examples, tmp_path).items():
        assert "# Only your own result is shown: " in examples[title].snippet
        assert "yours:" in printed
        assert "difference" not in printed


def test_nothing_is_said_of_caches_that_no_forward_function_made(tmp_path: Path) -> None:
    source = (REFERENCE / "quiz10" / "model.py").read_text()
    path = tmp_path / "backward.py"
    path.write_text(source.replace("def rnn_step_forward", "def another").replace("def rnn_forward", "def a_third"))
    report = grade_file(path, "quiz10", cases=8)
    assert [e.status for e in report.entry_points] == ["missing", "pass", "missing", "pass"]
    assert not report.behaviour


def test_a_backward_function_alone_gets_the_cache_that_the_handout_prints(tmp_path: Path) -> None:
    source = (REFERENCE / "quiz10" / "model.py").read_text()
    for old, new in (("1 - next_h ** 2", "1 - next_h"), ("g = da @", "g = -da @")):
        source = source.replace(old, new)
    path = tmp_path / "backward.py"
    path.write_text(source.replace("def rnn_step_forward", "def another").replace("def rnn_forward", "def a_third"))
    examples = _examples(path, "quiz10", cases=8)
    assert {t.split()[0] for t in examples} == {"rnn_step_backward", "rnn_backward"}
    for title, printed in _run(examples, tmp_path).items():
        worst = examples[title].worst
        assert worst is not None
        assert worst.actual[:6] in printed


@pytest.mark.parametrize("assignment", WRONG)
def test_the_snippet_shows_the_numbers_of_the_report(assignment: str, shown: Shown, tmp_path: Path) -> None:
    _wrong(assignment, tmp_path)
    examples = shown(assignment)
    assert len(examples) >= 3
    for title, printed in _run(examples, tmp_path).items():
        worst = examples[title].worst
        assert worst is not None
        assert worst.actual[:6] in printed, (title, worst, printed)
        assert str(worst.expected)[:6] in printed, (title, worst, printed)
        assert "difference:" in printed


def test_a_snippet_brings_the_layers_of_other_homework(tmp_path: Path) -> None:
    source = (REFERENCE / "mytorch" / "model.py").read_text()
    start, end = source.index("class Linear"), source.index("class RNNPhonemeClassifier")
    source = source[:start] + source[end:].replace("return dh / N", "return dh")
    path = tmp_path / "rnn_classifier.py"
    path.write_text("from mytorch.linear import Linear\n" + source)
    examples = {"dh_0": _examples(path, "mytorch")["RNNPhonemeClassifier.backward dh_0"]}
    worst = examples["dh_0"].worst
    assert worst is not None
    assert worst.actual[:6] in _run(examples, tmp_path)["dh_0"]


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
    for title, printed in _run(examples, tmp_path).items():
        worst = examples[title].worst
        assert worst is None or worst.actual[:6] in printed, (title, worst, printed)
