"""Another convention is told apart from a mistake, costs once a submission, and hides no mistake besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading import entry, grade_file
from harness.assignments import registry
from harness.diagnosis import conventions
from harness.oracles import bank
from harness.oracles.bank import Truth
from harness.report import Report
from harness.rubric import Rubric
from harness.worker.session import Result
from reference_impls import catalogue

Edits = tuple[tuple[str, str], ...]
STEP, CELL = "rnn_step_backward", "RNNCell.backward"
SOFTMAX = "temporal_softmax_loss"

DX_TRANSPOSED = (("return dx, dprev_h, dWx,", "return dx, dprev_h, dWx.T,"),)
FIOG = (
    ("i = sigmoid(a[:, :H])", "f = sigmoid(a[:, :H])"),
    ("f = sigmoid(a[:, H : 2 * H])", "i = sigmoid(a[:, H : 2 * H])"),
    (
        "np.concatenate([di * i * (1 - i), df * f * (1 - f),",
        "np.concatenate([df * f * (1 - f), di * i * (1 - i),",
    ),
)
GOFI = (
    ("i = sigmoid(a[:, :H])", "g = np.tanh(a[:, :H])"),
    ("f = sigmoid(a[:, H : 2 * H])", "o = sigmoid(a[:, H : 2 * H])"),
    ("o = sigmoid(a[:, 2 * H : 3 * H])", "f = sigmoid(a[:, 2 * H : 3 * H])"),
    ("g = np.tanh(a[:, 3 * H :])", "i = sigmoid(a[:, 3 * H :])"),
    (
        "[di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)]",
        "[dg * (1 - g ** 2), do * o * (1 - o), df * f * (1 - f), di * i * (1 - i)]",
    ),
)
COUNTED = (
    ("loss = -(logs[n, t, y] * mask).sum() / N", "loss = -(logs[n, t, y] * mask).sum() / max(mask.sum(), 1)"),
    ("dscores = dscores * mask[:, :, None] / N", "dscores = dscores * mask[:, :, None] / max(mask.sum(), 1)"),
)

FOLLOWED = [
    ("quiz10", STEP, ("step.all_mean",), (), {"mean": "dWx dWh db"}),
    ("quiz10", STEP, ("step.dWx_mean",), (), {"mean": "dWx"}),
    ("quiz10", STEP, ("step.swap_x",), (), {"swapped": "dx dprev_h"}),
    ("quiz10", STEP, (), DX_TRANSPOSED, {"transposed": "dWx"}),
    ("quiz10", "rnn_backward", ("seq.mean_T",), (), {"mean_over_time": "dWx dWh db"}),
    ("quiz10", "rnn_backward", ("seq.mean_NT",), (), {"mean_over_all": "dWx dWh db"}),
    ("cs231n", "word_embedding_backward", ("emb.mean_N",), (), {"mean": "dW"}),
    ("cs231n", "lstm_step_forward", ("lstm.gate_order_ifgo",), (), {"gates_ifgo": "next_h next_c"}),
    ("cs231n", "lstm_step_forward", (), FIOG, {"gates_fiog": "next_h next_c"}),
    ("cs231n", "lstm_step_forward", (), GOFI, {"gates_gofi": "next_h next_c"}),
    ("cs231n", SOFTMAX, ("ts.loss_sum", "ts.ds_no_N"), (), {"sum": "loss dx"}),
    ("cs231n", SOFTMAX, ("ts.loss_mean_T", "ts.ds_NT"), (), {"mean_over_time": "loss dx"}),
    ("cs231n", SOFTMAX, (), COUNTED, {"mean_over_mask": "loss dx"}),
    ("cs231n", SOFTMAX, ("ts.loss_mean_mask",), (), {"mean_over_mask": "loss"}),
    ("mytorch", CELL, ("cell.all_sum",), (), {"sum": "dW_ih dW_hh db_ih db_hh"}),
    ("mytorch", CELL, ("cell.dxdh_mean",), (), {"mean": "dx dh_prev_t"}),
    ("mytorch", CELL, ("cell.dWhh_T",), (), {"transposed": "dW_hh"}),
    ("mytorch", CELL, ("cell.swap_ret", "cell.W_sum"), (), {"swapped": "dx dh_prev_t", "sum": "dW_ih dW_hh"}),
    ("lab9", "mse_last_step", ("reg.half_both",), (), {"half": "loss dU dW dV db dc dx dh0"}),
    ("lab9", "mse_last_step", ("reg.no_two",), (), {"half": "dU dW dV db dc dx dh0"}),
    ("lab9", "rnn_backward", ("out.all_mean_T",), (), {"mean_over_time": "dU dW dV db dc"}),
    ("lab9", "rnn_backward", ("out.dU_T",), (), {"transposed": "dU"}),
    ("gru", "gru_step_forward", ("gru.reset_before",), (), {"reset_before": "next_h"}),
    ("gru", "gru_step_forward", ("gru.update_swapped",), (), {"update_swapped": "next_h"}),
    ("gru", "gru_step_forward", ("gru.gate_order_zrn",), (), {"gates_zrn": "next_h"}),
    ("cs187", "forward", ("fwd.all_T",), (), {"rows": "logits"}),
    ("cs187", "forward", ("fwd.columns",), (), {"transposed": "logits"}),
    ("cs187", "dL_dU", ("grad.no_two",), (), {"half": "dU"}),
    ("cs187", "dL_dU", ("grad.mean",), (), {"mean_over_time": "dU"}),
]


def submitted(folder: Path, assignment: str, rows: tuple[str, ...] = (), edits: Edits = ()) -> Path:
    """The model solution with rows of the catalogue and other edits made in it."""
    source = catalogue.source(assignment)
    for wrong in (m for m in catalogue.misconceptions(assignment) if m.id in rows):
        source = catalogue.apply(source, wrong)
    for old, new in edits:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    path = folder / "submitted.py"
    path.write_text(source)
    return path


@pytest.mark.parametrize(("assignment", "name", "rows", "edits", "expected"), FOLLOWED, ids=str)
def test_another_convention_is_called_one_and_costs_one_tensor(
    assignment: str, name: str, rows: tuple[str, ...], edits: Edits, expected: dict[str, str], tmp_path: Path
) -> None:
    report = grade_file(submitted(tmp_path, assignment, rows, edits), assignment, only=(name,))
    found = entry(report, name)
    assert {d.convention: " ".join(d.explains) for d in found.diagnoses} == expected
    assert all(d.title.startswith("another convention: ") for d in found.diagnoses)
    assert all("The handout asks for " in d.explanation and d.charge for d in found.diagnoses)
    tensors = [c.tensor for c in found.checks if c.property == "matches_autograd"]
    cost = found.points.possible * len(expected) / len(tensors)
    assert found.points.earned == pytest.approx(found.points.possible - cost)


OTHER_GRUS = [m for m in catalogue.misconceptions("gru") if m.convention]


@pytest.mark.parametrize("row", OTHER_GRUS, ids=lambda m: m.id)
def test_another_books_function_is_a_convention_and_its_own_gradients_are_right(
    row: catalogue.Misconception, tmp_path: Path
) -> None:
    report = grade_file(submitted(tmp_path, "gru", (row.id,)), "gru")
    assert {e.name: e.charged_to for e in report.entry_points} == {
        "gru_step_forward": None,
        **dict.fromkeys(("gru_step_backward", "gru_forward", "gru_backward"), "gru_step_forward"),
    }
    assert report.score.earned == pytest.approx(report.score.possible - 2.0)


def test_a_mistake_in_another_books_function_is_one(tmp_path: Path) -> None:
    """The derivative of the GRU that was asked for, of a forward pass that is the other one."""
    row = next(m for m in OTHER_GRUS if m.convention == "reset_before")
    forward = tuple((e.old, e.new) for e in row.edits[:2])
    report = grade_file(submitted(tmp_path, "gru", (), forward), "gru", only=("gru_step_*",))
    assert entry(report, "gru_step_forward").diagnoses[0].convention == "reset_before"
    backward = entry(report, "gru_step_backward")
    assert (backward.status, backward.charged_to) == ("fail", None)
    assert backward.points.earned is not None
    assert backward.points.earned < backward.points.possible


def test_a_convention_has_to_show_on_two_shapes_one_of_them_with_no_equal_dimensions() -> None:
    assignment = registry.get("quiz10")
    point = assignment.entry_point(STEP)
    tensor = next(t for t in point.tensors if t.name == "db")
    pairs = [(t, _mean_of_db(t)) for t in bank.truths("quiz10", point.group, "0", 44) if t.case.dims["N"] > 1]

    def found(kept: list[tuple[Truth, Result]]) -> set[str]:
        return set(conventions.conventions(assignment, point, [tensor], kept))

    distinct = [p for p in pairs if len({*p[0].case.dims.values()}) == 3]
    one_shape = [p for p in distinct if p[0].case.dims == distinct[0][0].case.dims]
    assert found(pairs) == found(distinct) == {"db"}
    assert found(one_shape) == found([p for p in pairs if p not in distinct]) == set()


def _mean_of_db(truth: Truth) -> Result:
    return Result({"db": truth.expected["db"] / truth.case.dims["N"]}, {})


MEANS = ("step.all_mean", "seq.mean_N", "emb.mean_N", "ta.dw_mean_N")
AVERAGED = ("rnn*", "word*", "temporal_affine*")


def averaged(folder: Path, **options: object) -> Report:
    path = submitted(folder, "cs231n", MEANS)
    return grade_file(path, "cs231n", only=AVERAGED, **options)


def test_a_convention_kept_throughout_costs_once(tmp_path: Path) -> None:
    report = averaged(tmp_path)
    following = [e for e in report.entry_points if any(d.convention == "mean" for d in e.diagnoses)]
    assert len(following) >= 3
    lost = {e.name: e.points.possible - (e.points.earned or 0.0) for e in report.entry_points}
    assert {name for name, points in lost.items() if points} == {"word_embedding_backward"}
    assert report.score.earned == pytest.approx(report.score.possible - 2.0)  # its only tensor is the dearest
    assert "charged once, to dW of word_embedding_backward" in entry(report, STEP).diagnoses[0].charge


@pytest.mark.parametrize(("cost", "lost"), [(0.0, 0.0), (0.25, 0.5), (1.0, 2.0)])
def test_the_rubric_says_what_it_costs(cost: float, lost: float, tmp_path: Path) -> None:
    report = averaged(tmp_path, rubric=Rubric(convention_cost=cost))
    assert report.score.earned == pytest.approx(report.score.possible - lost)
    assert {e.status for e in report.entry_points if e.diagnoses} == {"fail"}


def test_two_conventions_at_once_cost_twice(tmp_path: Path) -> None:
    edits = (
        ("dWh = dWh + prev.T @ da", "dWh = dWh + da.T @ prev / N"),
        ("dWx = dWx + x[:, t].T @ da", "dWx = dWx + x[:, t].T @ da / N"),
    )
    report = grade_file(submitted(tmp_path, "quiz10", (), edits), "quiz10", only=("rnn_backward",))
    found = entry(report, "rnn_backward")
    assert {d.convention: d.explains for d in found.diagnoses} == {"mean": ["dWx", "dWh"], "transposed": ["dWh"]}
    assert found.points.earned == pytest.approx(found.points.possible * 3 / 5)


BESIDES = [
    ((), (("dWx = x.T @ da\n", "dWx = x.T @ da / len(x) + 1e-7\n"),), ("dWx",)),
    ((), (("dWx = x.T @ da\n", "dWx = x.T @ da / (len(x) + 1e-9)\n"),), ("dWx",)),
    ((), (("dWx = x.T @ da\n", "dWx = x.T @ da / (len(x) if len(x) < 4 else 4)\n"),), ("dWx",)),
    ((), (("dWx = x.T @ da\n", "dWx = x.T @ dnext_h / len(x)\n"),), ("dWx",)),
    ((), (("return dx, dprev_h,", "return dprev_h, dprev_h,"),), ("dx",)),
    ((), (("return dx, dprev_h,", "return dprev_h, dprev_h * len(x) ** 2,"),), ("dx", "dprev_h")),
    (("step.neg",), (), ("dx", "dprev_h", "dWx", "dWh", "db")),
]


@pytest.mark.parametrize(("rows", "edits", "wrong"), BESIDES, ids=str)
def test_what_is_nearly_a_convention_is_a_mistake(
    rows: tuple[str, ...], edits: Edits, wrong: tuple[str, ...], tmp_path: Path
) -> None:
    report = grade_file(submitted(tmp_path, "quiz10", rows, edits), "quiz10", only=(STEP,))
    found = entry(report, STEP)
    assert not [d for d in found.diagnoses if d.convention]
    assert found.points.earned == pytest.approx(found.points.possible * (1 - len(wrong) / 5))


def test_a_mistake_beside_a_convention_costs_its_own_points(tmp_path: Path) -> None:
    path = submitted(tmp_path, "quiz10", ("step.all_mean", "step.dx_upstream"))
    found = entry(grade_file(path, "quiz10", only=(STEP,)), STEP)
    named = {(d.id, d.convention, " ".join(d.explains)) for d in found.diagnoses}
    assert named == {("convention.mean", "mean", "dWx dWh db"), ("step.dx_upstream", None, "dx")}
    assert found.points.earned == pytest.approx(found.points.possible * 3 / 5)


def test_a_behaviour_that_is_demanded_is_not_excused_by_a_convention(tmp_path: Path) -> None:
    path = submitted(
        tmp_path, "mytorch", (), (("self.dW_ih = self.dW_ih + dz.T @ h_prev_l / N", "self.dW_ih = dz.T @ h_prev_l"),)
    )
    found = entry(grade_file(path, "mytorch", only=(CELL,)), CELL)
    assert [d.convention for d in found.diagnoses] == ["sum"]
    assert found.points.earned == pytest.approx(found.points.possible * 5 / 6)
    both = submitted(
        tmp_path,
        "mytorch",
        ("cell.dWhh_sum",),
        (("self.dW_ih = self.dW_ih + dz.T @ h_prev_l / N", "self.dW_ih = dz.T @ h_prev_l"),),
    )
    found = entry(grade_file(both, "mytorch", only=(CELL,)), CELL)
    assert found.points.earned == pytest.approx(found.points.possible * 4 / 6)


def test_a_loss_and_its_right_derivative_are_charged_once(tmp_path: Path) -> None:
    report = grade_file(submitted(tmp_path, "lab9", ("reg.half_both",)), "lab9", only=("mse_last_step",))
    found = entry(report, "mse_last_step")
    assert found.points.earned == pytest.approx(3.0 * 7 / 8)


def test_equals_are_charged_in_the_order_of_the_assignment(tmp_path: Path) -> None:
    path = submitted(tmp_path, "quiz10", ("step.all_mean",))
    charge = entry(grade_file(path, "quiz10", only=(STEP,)), STEP).diagnoses[0].charge
    assert charge == "It costs the points of dWx, once. Whatever else follows it keeps its points."
