"""Rubrics: points and weights that override the assignment's own."""

from pathlib import Path

import pytest

from grading import entry
from harness import rubric
from harness.assignments import registry
from harness.properties.offered import offered
from harness.report import Points

CS231N, MYTORCH = registry.get("cs231n"), registry.get("mytorch")


def loaded(tmp_path, text, assignments=(CS231N,)):
    path = tmp_path / "points.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return rubric.load(path, assignments, offered)


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


def test_what_another_convention_costs_is_taken_from_the_file(tmp_path):
    assert rubric.convention_cost(None) == rubric.convention_cost(loaded(tmp_path, "")) == 1
    assert rubric.convention_cost(loaded(tmp_path, "[conventions]\ncost = 0\n")) == 0


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
        ("[conventions]\ncost = 2", "from 0 to 1"),
        ("[conventions]\nprice = 1", "known are cost"),
        ("conventions = 0", "[conventions] is not a table"),
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


CHANGES = """
_backward = rnn_backward
def rnn_backward(dh, cache):
    found = _backward(dh, cache)
    if dh.flags.writeable: dh *= 2
    return found
"""
DOUBLED = """
_backward = rnn_backward
def rnn_backward(dh, cache):
    dx, *rest = _backward(dh, cache)
    return [2 * dx, *rest]
"""
SOURCE = (Path(__file__).parent.parent / "reference_impls" / "cs231n" / "model.py").read_text()


def test_points_of_properties_go_by_entry_point_or_to_all_they_are_about(tmp_path):
    given = loaded(tmp_path, "[properties]\nzero_gives_zero = 0.5\n[properties.rnn_backward]\ninputs_untouched = 1\n")
    backward, forward = CS231N.entry_point("rnn_backward"), CS231N.entry_point("rnn_forward")
    assert rubric.properties(given, backward, offered(CS231N, backward)) == {
        "zero_gives_zero": 0.5,
        "inputs_untouched": 1.0,
    }
    assert rubric.properties(given, forward, offered(CS231N, forward)) == {}
    assert rubric.properties(None, backward, offered(CS231N, backward)) == {}


def test_one_entry_point_may_be_left_out_of_what_holds_for_all(tmp_path):
    given = loaded(tmp_path, "[properties]\ncache_again = 0.5\n[properties.rnn_backward]\ncache_again = 0\n")
    backward = CS231N.entry_point("rnn_backward")
    assert rubric.properties(given, backward, offered(CS231N, backward)) == {}


def test_points_of_a_property_are_lost_with_it_and_no_others(tmp_path, grade_source):
    given = loaded(tmp_path, "[properties.rnn_backward]\ninputs_untouched = 0.5\n")
    right = entry(grade_source(SOURCE, rubric=given, only=("rnn_*",)), "rnn_backward")
    assert (right.points.earned, right.points.possible) == (3.0, 3.0)
    report = grade_source(SOURCE + CHANGES, rubric=given, only=("rnn_*",))
    assert (entry(report, "rnn_backward").points.earned, entry(report, "rnn_backward").status) == (2.5, "pass")
    (finding,) = report.behaviour
    assert finding.message.endswith("(this costs 0.5 of the points)")


def test_tensors_share_what_properties_leave(tmp_path, grade_source):
    given = loaded(tmp_path, "[properties.rnn_backward]\ninputs_untouched = 0.5\ncache_again = 0.5\n")
    wrong = entry(grade_source(SOURCE + DOUBLED, rubric=given, only=("rnn_*",)), "rnn_backward")
    assert wrong.points.earned == pytest.approx(1.0 + 2.0 * 4 / 5)
    assert wrong.status == "fail"


def test_a_broken_relation_with_points_of_its_own_costs_these(tmp_path, grade_source):
    given = loaded(tmp_path, "[properties.rnn_backward]\nno_later_steps = 1\nbatch_twice = 1\n")
    wrong = entry(
        grade_source(SOURCE + DOUBLED.replace("2 * dx", "dx[:, ::-1]"), rubric=given, only=("rnn_*",)), "rnn_backward"
    )
    assert wrong.points.earned == pytest.approx(1.0 + 1.0 * 4 / 5), "dx and no_later_steps are lost, batch_twice holds"


def test_properties_of_what_is_not_there_earn_nothing(tmp_path, grade_source):
    given = loaded(tmp_path, "[properties.rnn_backward]\ninputs_untouched = 0.5\n")
    report = grade_source(SOURCE.replace("def rnn_backward", "def rnn_backwards"), rubric=given, only=("rnn_*",))
    assert entry(report, "rnn_backward").points == Points(0.0, 3.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[properties.rnn_backward]\ninputs_untouchd = 1", "known are accepts_read_only, accepts_strided, adds_up"),
        ("[properties.rnn_bakward]\ninputs_untouched = 1", "known are CaptioningRNN.loss[lstm]"),
        ("[properties.rnn_forward]\ncache_again = 1", "known are accepts_read_only"),
        ("[properties]\nmatches_autograd = 1", "known are accepts_read_only"),
        ("[properties.rnn_backward]\ninputs_untouched = 4", "given 4 points; it is worth 3"),
        ("[properties]\ninputs_untouched = 2.5", "given 2.5 points; it is worth 2"),
        ("[properties.rnn_backward]\ninputs_untouched = -1", "0 or more"),
    ],
)
def test_what_a_property_cannot_be_given_is_told(tmp_path, text, says):
    with pytest.raises(rubric.RubricError) as caught:
        loaded(tmp_path, text)
    assert says in str(caught.value)
