"""Rubrics: points and weights that override the assignment's own."""

import pytest

from harness import rubric
from harness.assignments import registry

CS231N, MYTORCH = registry.get("cs231n"), registry.get("mytorch")


def loaded(tmp_path, text, assignments=(CS231N,)):
    path = tmp_path / "points.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return rubric.load(path, assignments)


def test_without_a_rubric_the_assignment_decides_and_tensors_share_equally():
    entry = CS231N.entry_point("rnn_backward")
    assert rubric.points(None, entry) == entry.points
    assert rubric.weights(None, entry) == pytest.approx(dict.fromkeys(["dx", "dh0", "dWx", "dWh", "db"], 0.2))


def test_points_and_weights_are_taken_from_the_file(tmp_path):
    given = loaded(tmp_path, "[points]\nrnn_backward = 8\n[tensors.rnn_backward]\ndWh = 4\ndx = 0\n")
    entry = CS231N.entry_point("rnn_backward")
    assert rubric.points(given, entry) == 8.0
    weights = rubric.weights(given, entry)
    assert weights == pytest.approx({"dx": 0, "dh0": 1 / 7, "dWx": 1 / 7, "dWh": 4 / 7, "db": 1 / 7})
    assert rubric.points(given, CS231N.entry_point("rnn_forward")) == 2.0


def test_methods_may_be_named_with_or_without_quotes(tmp_path):
    quoted = '[points]\n"RNNCell.forward" = 5\n[tensors."RNNCell.backward"]\ndx = 3\n'
    plain = "[points]\nRNNCell.forward = 5\n[tensors.RNNCell.backward]\ndx = 3\n"
    assert loaded(tmp_path, quoted, [MYTORCH]) == loaded(tmp_path, plain, [MYTORCH])
    assert loaded(tmp_path, plain, [MYTORCH]).points == {"RNNCell.forward": 5.0}


def test_an_empty_rubric_changes_nothing(tmp_path):
    assert loaded(tmp_path, "") == rubric.Rubric()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[points]\nrnn_bakward = 1", "rnn_backward, rnn_forward, rnn_step_backward"),
        ("[points]\n'RNNCell.forward' = 1", "rnn_backward, rnn_forward, rnn_step_backward"),
        ("[tensors.rnn_bakward]\ndx = 1", "rnn_backward, rnn_forward, rnn_step_backward"),
        ("[tensors.rnn_backward]\ndW = 1", "known are dWh, dWx, db, dh0, dx"),
        ("[tensors.rnn_backward]\ndx=0\ndh0=0\ndWx=0\ndWh=0\ndb=0", "one has to count"),
        ("[tensors]\nrnn_backward = 3", "tensors.rnn_backward is 3; expected tables like"),
        ("[points]\nrnn_backward = -1", "0 or more"),
        ("[points]\nrnn_backward = nan", "0 or more"),
        ("[points]\nrnn_backward = inf", "0 or more"),
        ("[points]\nrnn_backward = true", "a number"),
        ("[points]\nrnn_backward = '3'", "a number"),
        ("points = 3", "[points] is not a table"),
        ("[weights]\nrnn_backward = 3", "unknown table [weights]"),
        ("[points\n", "not valid TOML"),
        (b"\xff\xfe", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_rubric_is_explained(tmp_path, text, says):
    with pytest.raises(rubric.RubricError) as error:
        loaded(tmp_path, text)
    assert says in str(error.value)
    assert "points.toml" in str(error.value)


def test_a_rubric_that_is_not_there_is_explained(tmp_path):
    with pytest.raises(rubric.RubricError, match="cannot be read"):
        rubric.load(tmp_path / "nowhere.toml", [CS231N])
