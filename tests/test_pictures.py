"""Where a mistake is, how far a gradient reaches, what is marked in the graph: asked of mistakes that are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grading import DEEP, entry, grade_file
from harness.report import EntryPointReport, Pictures
from reference_impls import catalogue

Graded = Callable[[str, str, str], EntryPointReport]


@pytest.fixture
def graded(tmp_path: Path) -> Graded:
    """The report on one entry point of the model solution with a mistake made in it."""

    def run(assignment: str, mistake: str, name: str) -> EntryPointReport:
        path = tmp_path / "submitted.py"
        wrong = next(m for m in catalogue.misconceptions(assignment) if m.id == mistake)
        path.write_text(catalogue.apply(catalogue.source(assignment), wrong))
        return entry(grade_file(path, assignment, only=(name,)), name)

    return run


def where(report: EntryPointReport) -> dict[str | None, list[str]]:
    """Where each wrong tensor is wrong."""
    return {c.tensor: c.where for c in report.checks if c.property == "matches_autograd" and c.status == "fail"}


def drawn(report: EntryPointReport) -> Pictures:
    """What is drawn of it; it has to be there."""
    assert report.pictures is not None
    return report.pictures


def test_a_carry_that_is_missing_is_marked_between_the_steps(graded: Graded) -> None:
    report = graded("cs231n", "seq.no_carry", "rnn_backward")
    assert where(report)["dx"] == ["in every time step but the last"]
    pictures = drawn(report)
    assert pictures.influence is not None
    assert pictures.influence.says == ["What arrives at a step of dh never reaches the steps before it."]
    square = [row[:5] for row in pictures.influence.wrong]
    assert square == [[s < t for s in range(5)] for t in range(5)]
    assert pictures.graph is not None
    assert {(e.source, e.target) for e in pictures.graph.edges if e.wrong} == {("h[0]", "h[1]"), ("h[1]", "h[2]")}
    assert all(e.wrong == ["carried back"] for e in pictures.graph.edges if e.wrong)


def test_a_truncated_gradient_reaches_the_last_steps_only(tmp_path: Path) -> None:
    model = catalogue.source("lab9")
    loop = "for t in reversed(range(T)):"
    (tmp_path / "submitted.py").write_text(model.replace(loop, "for t in reversed(range(max(0, T - 2), T)):", 1))
    report = entry(grade_file(tmp_path / "submitted.py", "lab9", only=("rnn_backward",)), "rnn_backward")
    influence = drawn(report).influence
    assert influence is not None
    assert influence.says == ["Only the last 2 of 5 steps of dx get anything at all."]


def test_a_step_that_is_left_out_is_named(graded: Graded) -> None:
    assert "in the first time step only" in where(graded("cs231n", "seq.skip_first", "rnn_backward"))["dx"]


def test_a_weight_that_is_overwritten_needs_two_steps_to_show_and_no_influence_map(graded: Graded) -> None:
    report = graded("cs231n", "seq.overwrite_dWh", "rnn_backward")
    assert set(where(report)) == {"dWh"}
    pictures = drawn(report)
    assert pictures.influence is None  # every dx is right
    assert pictures.graph is not None
    assert {n for e in pictures.graph.edges for n in e.wrong} == {"dWh"}
    assert [n.name for n in pictures.numbers] == ["dWh"]


def test_a_layer_that_gets_nothing_from_above_is_marked_between_the_layers(graded: Graded) -> None:
    report = graded("mytorch", "cls.dx_dropped", "RNNPhonemeClassifier.backward")
    assert where(report)["dW_ih"] == ["whenever L ≥ 2, and never otherwise", "in every layer but the last"]
    graph = drawn(report).graph
    assert graph is not None
    assert {(e.source, e.target) for e in graph.edges if e.wrong} == {(f"h[0][{t}]", f"h[1][{t}]") for t in range(3)}


def test_the_gate_that_is_wrong_is_named(graded: Graded) -> None:
    assert where(graded("cs231n", "lstm.di_no_sig", "lstm_step_backward"))["db"] == ["in the columns of gate i only"]


def test_a_transposed_matrix_is_right_on_its_diagonal(graded: Graded) -> None:
    assert "off the diagonal only" in where(graded("cs231n", "step.dWh_T", "rnn_step_backward"))["dWh"]


def test_numbers_are_the_wrong_elements_and_the_worst_of_them(graded: Graded) -> None:
    (numbers,) = drawn(graded("lab9", "out.x_reversed", "rnn_backward")).numbers
    assert numbers.expected is not None
    off = [abs(float(a) - float(e)) for a, e in zip(numbers.actual, numbers.expected, strict=True)]
    assert numbers.wrong[numbers.worst]
    assert off[numbers.worst] == pytest.approx(max(off), rel=0.01)
    assert len(off) == numbers.shape[0] * numbers.shape[1]


def test_nothing_is_drawn_of_what_is_right(graded: Graded) -> None:
    report = graded("cs231n", "seq.no_carry", "rnn_step_backward")
    assert report.status == "pass"
    assert report.pictures is None


def test_the_question_comes_along_and_the_fix_only_when_asked_for(tmp_path: Path) -> None:
    wrong = next(m for m in catalogue.misconceptions("lab9") if m.id == "out.x_reversed")
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source("lab9"), wrong))
    shown, revealed = (grade_file(path, "lab9", only=("rnn_backward",), reveal=r) for r in (False, True))
    told = [entry(r, "rnn_backward").diagnoses[0] for r in (shown, revealed)]
    assert [d.question for d in told] == [wrong.question] * 2
    assert [d.fix for d in told] == ["", wrong.fix]


LAYERS = ["layer 2", "layer 1", "layer 0"]


MAPS = [
    (
        "cls.dx_dropped",
        "back to the state",
        ["Nothing of delta reaches layer 1 and layer 0."],
        ["", "*****", "*****"],
    ),
    (
        "cls.dx_only_last_t",
        "back to the state",
        ["It is right in layer 2 and wrong below.", "It is right after step 4 and wrong before."],
        ["", "****", "****"],
    ),
    (
        "cls.x_off",
        "adds to dW_ih",
        ["It is right in layer 2 and layer 1 and wrong below.", "It is right in step 5 and wrong before."],
        ["", "", "****"],
    ),
    ("cls.hprev_l_old", "adds to dW_ih", ["It is right in layer 0 and wrong above."], ["*****", "*****", ""]),
]


@pytest.mark.parametrize(("mistake", "about", "says", "wrong"), MAPS if DEEP else MAPS[1:3])
def test_in_a_stack_of_layers_it_is_seen_which_layer_and_which_step_are_wrong(
    graded: Graded, mistake: str, about: str, says: list[str], wrong: list[str]
) -> None:
    influence = drawn(graded("mytorch", mistake, "RNNPhonemeClassifier.backward")).influence
    assert influence is not None
    assert influence.rows == LAYERS
    assert len(influence.columns) == 5
    assert about in influence.about
    assert influence.says == says
    assert ["".join("*" if cell else " " for cell in row).rstrip() for row in influence.wrong] == wrong
