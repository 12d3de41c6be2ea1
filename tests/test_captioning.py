"""The captioning assignment: what is judged of the model, what is not looked at, and parts of it by themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grading import entry, grade_file
from harness import selection
from harness.assignments import registry
from harness.assignments.cs231n.captioning_driver import _ended
from harness.oracles.tracked import Tracked
from harness.properties.comparison import compare
from harness.report import Report
from harness.selection import NothingSelected

SOURCE = (Path(__file__).parent.parent / "reference_impls" / "cs231n" / "model.py").read_text()
MODEL = SOURCE[SOURCE.index("class CaptioningRNN") :]
CASES = 24


def _graded(folder: Path, files: dict[str, str], *only: str) -> Report:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return grade_file(folder, "cs231n", cases=CASES, only=only)


def _replaced(old: str, new: str, source: str = SOURCE) -> str:
    assert source.count(old) == 1, old
    return source.replace(old, new)


def _statuses(report: Report) -> dict[str, str]:
    return {e.name: e.status for e in report.entry_points}


# what is judged


def test_a_missing_gradient_is_an_error_of_that_tensor_alone(tmp_path: Path) -> None:
    source = _replaced('grads["b_proj"] = dfirst.sum(axis=0)', "pass")
    loss = entry(_graded(tmp_path, {"a.py": source}, "CaptioningRNN.loss[rnn]"), "CaptioningRNN.loss[rnn]")
    wrong = {c.tensor: c.status for c in loss.checks if c.status != "pass"}
    assert wrong == {"db_proj": "error"}
    assert loss.points.earned == pytest.approx(loss.points.possible * 8 / 9)


def test_gradients_that_are_no_dictionary_are_told(tmp_path: Path) -> None:
    source = _replaced("return loss, grads", "return loss, list(grads.values())")
    loss = entry(_graded(tmp_path, {"a.py": source}, "CaptioningRNN.loss[rnn]"), "CaptioningRNN.loss[rnn]")
    assert loss.status == "error"
    assert "expected a dictionary" in loss.checks[0].message


def test_words_after_the_end_are_not_looked_at(tmp_path: Path) -> None:
    end = "        found = np.stack(captions, axis=1)\n        for row in found:\n"
    end += "            for place in np.flatnonzero(row == self.end)[:1]:\n                row[place + 1 :] = {}\n"
    end += "        return found"
    for number, filler in enumerate(("self._null", "self._start", "-1")):
        keep = _replaced('["<START>"]\n', '["<START>"]\n        self.end = word_to_idx["<END>"]\n')
        source = _replaced("        return np.stack(captions, axis=1)", end.format(filler), keep)
        report = _graded(tmp_path / str(number), {"a.py": source}, "CaptioningRNN.sample*")
        assert set(_statuses(report).values()) == {"pass"}


def test_the_end_itself_is_looked_at() -> None:
    captions = np.array([[3, 2, 7, 2], [4, 5, 6, 7]])
    assert _ended(captions, 2).tolist() == [[3, 2, 2, 2], [4, 5, 6, 7]]
    assert captions[0, 2] == 7  # the student's own array stays as it was


def test_what_is_no_table_of_words_comes_back_as_it_is() -> None:
    assert _ended([[1, 2]], 2) == [[1, 2]]
    assert _ended(None, 2) is None
    assert np.isnan(_ended(np.array([[np.nan, 2.0]]), 2)[0, 0])


def test_a_layer_that_adds_into_its_argument_is_warned_of_and_right(tmp_path: Path) -> None:
    old = "    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)\n"
    source = _replaced(old, "    dnext_c += dnext_h * o * (1 - tanh_c ** 2)\n    dc = dnext_c\n")
    report = _graded(tmp_path, {"a.py": source}, "lstm_step_backward")
    assert _statuses(report) == {"lstm_step_backward": "pass"}
    found = {b.property: b.message for b in report.behaviour}
    assert "dnext_c" in found["inputs_untouched"]


# ties


def test_a_tie_in_one_row_leaves_the_others_judged() -> None:
    expected = np.array([[1, 2], [3, 4]])
    allowed = np.array([[np.inf, np.inf], [0.0, 0.0]])
    other_word = compare(np.array([[9, 9], [3, 4]]), expected, allowed)
    assert other_word.passes
    assert not other_word.undecidable
    assert not compare(np.array([[1, 2], [3, 5]]), expected, allowed).passes
    assert compare(expected, expected, np.full((2, 2), np.inf)).undecidable


def test_a_wrong_whole_number_is_no_infinity() -> None:
    comparison = compare(np.array([3]), np.array([4]), np.zeros(1))
    assert not comparison.passes
    assert np.isfinite(comparison.ratio)


def test_nothing_is_known_of_what_follows_a_tie() -> None:
    scores = Tracked(np.array([[1.0, 1.0], [1.0, 2.0]]), np.full((2, 2), 1e-12))
    words = scores.argmax(axis=1)
    vectors = Tracked(np.eye(2))[words]
    states = vectors @ Tracked(np.array([[0.0, 1.0], [1.0, 0.0]])) + 0.0
    assert np.all(np.isinf(states.error[0]))
    assert np.all(states.error[1] < 1e-12)
    assert np.isinf(np.argmax(states, axis=1).error[0])


# parts


def test_layers_are_supplied_to_the_model_alone(tmp_path: Path) -> None:
    model = "import numpy as np\nfrom cs231n.layers import *\nfrom cs231n.rnn_layers import *\n\n\n" + MODEL
    report = _graded(tmp_path, {"cs231n/classifiers/rnn.py": model}, "CaptioningRNN.*")
    assert set(_statuses(report).values()) == {"pass"}
    assert any("cs231n.rnn_layers was not handed in" in note for note in report.notes)


def test_layers_are_not_supplied_to_who_hands_in_some(tmp_path: Path) -> None:
    """What is missing shows as missing, and what cannot work without it is not judged."""
    model = "import numpy as np\nfrom cs231n.rnn_layers import *\n\n\n" + MODEL
    layers = SOURCE[: SOURCE.index("def lstm_step_forward")]
    files = {"cs231n/classifiers/rnn.py": model, "cs231n/rnn_layers.py": layers}
    found = _statuses(_graded(tmp_path, files, "lstm_forward", "CaptioningRNN.loss[lstm]", "rnn_forward"))
    assert found == {"rnn_forward": "pass", "lstm_forward": "missing", "CaptioningRNN.loss[lstm]": "not_judged"}


def test_only_what_was_asked_for_is_judged_and_counts(tmp_path: Path) -> None:
    report = _graded(tmp_path, {"a.py": SOURCE}, "rnn_step_*", "temporal_softmax_loss")
    assert [*_statuses(report)] == ["rnn_step_forward", "rnn_step_backward", "temporal_softmax_loss"]
    assert report.score.possible == 8.0
    assert any("temporal_softmax_loss" in note for note in report.notes)


def test_a_mistake_elsewhere_is_charged_elsewhere_still(tmp_path: Path) -> None:
    source = _replaced("np.tanh(x[:, t] @ Wx + prev @ Wh + b)", "1.5 * np.tanh(x[:, t] @ Wx + prev @ Wh + b)")
    report = _graded(tmp_path, {"a.py": source}, "CaptioningRNN.loss[rnn]")
    loss = entry(report, "CaptioningRNN.loss[rnn]")
    assert (loss.status, loss.charged_to, loss.points.earned) == ("fail", "rnn_forward", 3.0)


def test_brackets_in_names_are_no_pattern() -> None:
    assert selection.selected(["CaptioningRNN.loss[rnn]"], "CaptioningRNN.loss[rnn]")
    assert selection.selected(["CaptioningRNN.*[rnn]"], "CaptioningRNN.loss[rnn]")
    assert not selection.selected(["CaptioningRNN.*[rnn]"], "CaptioningRNN.loss[lstm]")
    assert not selection.selected(["rnn_*"], "lstm_forward")


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(NothingSelected, match=r"'rnn_fowrard' selects no .* of cs231n; known are rnn_step_f"):
        selection.demand_known(["rnn_*", "rnn_fowrard"], [registry.get("cs231n")])
