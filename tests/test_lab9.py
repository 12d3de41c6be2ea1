"""Lab 9: what its driver accepts, what it says of what it cannot take apart, and tensors that need not be there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grading import entry, grade_file
from harness.assignments import registry
from harness.assignments.lab9 import driver
from harness.report import Report
from harness.worker.inside.driving import WrongResult, take_dict

SOURCE = (Path(__file__).parent.parent / "reference_impls" / "lab9" / "model.py").read_text()
LAST_LINE = 'return loss, {"dU": gU, "dW": gW, "dV": gV, "db": gb, "dc": gc, "dx": gx, "dh0": gh}'


def _edited(tmp_path: Path, old: str, new: str) -> Report:
    assert SOURCE.count(old) == 1
    path = tmp_path / "submitted.py"
    path.write_text(SOURCE.replace(old, new))
    return grade_file(path, "lab9")


@pytest.mark.parametrize("loss", ["float(loss)", "np.array(loss)", "np.reshape(loss, 1)"])
def test_a_loss_is_one_number_in_any_form(tmp_path: Path, loss: str) -> None:
    assert _edited(tmp_path, "return loss, {", f"return {loss}, {{").score.earned == 10.0


def test_gradients_that_need_not_be_there_are_not_missed(tmp_path: Path) -> None:
    report = _edited(tmp_path, ', "dx": gx, "dh0": gh}', "}")
    assert report.score.earned == 10.0
    assert "dx" not in {c.tensor for c in entry(report, "mse_last_step").checks}
    assert "dx" in {c.tensor for c in entry(report, "rnn_backward").checks}


def test_gradients_that_need_not_be_there_are_judged_when_they_are(tmp_path: Path) -> None:
    report = _edited(tmp_path, '"dc": gc, "dx": gx, "dh0": gh}', '"dc": gc, "dx": 2 * gx}')
    checks = {c.tensor: c.status for c in entry(report, "mse_last_step").checks if c.property == "matches_autograd"}
    assert checks["dx"] == "fail"
    assert "dh0" not in checks
    assert report.score.earned == pytest.approx(10 - 3 / 7)


def test_a_gradient_that_is_there_on_some_cases_only_is_an_error(tmp_path: Path) -> None:
    some = f"{LAST_LINE} if T > 1 else {{'dU': gU, 'dW': gW, 'dV': gV, 'db': gb, 'dc': gc, 'dx': gx}}"
    report = _edited(tmp_path, LAST_LINE, some.replace("return loss, ", "return loss, (") + ")")
    checks = {c.tensor: c.status for c in entry(report, "mse_last_step").checks if c.property == "matches_autograd"}
    assert checks["dh0"] == "error"
    assert {status for tensor, status in checks.items() if tensor != "dh0"} == {"pass"}


@pytest.mark.parametrize("form", ["y_true[0]", "y_true if isinstance(y_true, float) else 1 / 0"])
def test_code_for_one_form_of_the_target_only_is_an_error(tmp_path: Path, form: str) -> None:
    report = _edited(tmp_path, "error = y[-1] - y_true", f"error = y[-1] - ({form})")
    assert {e.name: e.status for e in report.entry_points} == {
        "rnn_forward": "pass",
        "rnn_backward": "pass",
        "mse_last_step": "error",
    }


def test_a_target_is_a_number_for_odd_lengths_and_an_array_for_even_ones() -> None:
    y_true = np.array([0.5])
    assert type(driver.target({"x": np.zeros((3, 1)), "y_true": y_true})) is float
    assert driver.target({"x": np.zeros((2, 1)), "y_true": y_true}) is y_true


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ((1, 2), "f returned 2 values without names; expected a dict with the keys dU, dW"),
        (None, "f returned None (is the return statement missing?); expected a dict with the keys dU, dW"),
        (np.zeros(2), "f returned one ndarray; expected a dict with the keys dU, dW"),
        ({"dU": 1, "U": 2}, "f returned a dict without dW (it has dU, U); expected a dict with the keys dU, dW"),
        ({}, "f returned a dict without dU, dW (it has nothing); expected a dict with the keys dU, dW"),
    ],
)
def test_what_is_no_dict_of_the_gradients_is_told_in_a_sentence(result: object, told: str) -> None:
    with pytest.raises(WrongResult) as error:
        take_dict(result, "f", ("dU", "dW"))
    assert str(error.value) == told


def test_a_wrong_pair_of_functions_is_charged_to_the_one_below(tmp_path: Path) -> None:
    path = tmp_path / "submitted.py"
    start = SOURCE.index("    slope = 2 * error")
    own = "    dy = np.zeros_like(y)\n    dy[-1] = 2 * error\n"
    source = SOURCE[:start] + own + "    return loss, rnn_backward(dy, x, h, h0, U, W, V, b, c)\n"
    path.write_text(source.replace("carry = W.T @ da", "carry = W @ da"))
    report = grade_file(path, "lab9")
    assert entry(report, "mse_last_step").charged_to == "rnn_backward"
    assert entry(report, "mse_last_step").points.earned == 3.0
    assert [d.id for d in entry(report, "rnn_backward").diagnoses] == ["out.carry_WT"]


@pytest.mark.parametrize(
    ("assignment", "name", "count"),
    [("lab9", "rnn_forward", 7), ("lab9", "rnn_backward", 9), ("quiz10", "rnn_forward", 5)],
)
def test_a_signature_knows_how_many_parameters_it_has(assignment: str, name: str, count: int) -> None:
    assert registry.get(assignment).entry_point(name).parameters == count


def test_the_solutions_weight_gradients_as_printed_multiply_what_does_not_fit(tmp_path: Path) -> None:
    """Equations 28 and 29 have the gradient by y where the one by h is meant: they have the length of y and of h."""
    printed = {"da[:, None] * prev  # 9": "((1 - h[t] ** 2) * dy[t])[:, None] * prev"}
    printed["da[:, None] * x[t]  # 10"] = "((1 - h[t] ** 2) * dy[t])[:, None] * x[t]"
    source = SOURCE
    for old, new in printed.items():
        assert source.count(old) == 1
        source = source.replace(old, new)
    path = tmp_path / "submitted.py"
    path.write_text(source)
    report = grade_file(path, "lab9")
    assert entry(report, "rnn_backward").status == "error"
    assert "could not be broadcast" in str(entry(report, "rnn_backward"))
    assert {e.status for e in report.entry_points if e.name != "rnn_backward"} == {"pass"}
