"""Verdicts are fair: a mistake is charged once, warnings cost nothing, and a report is the same every time."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import msgspec
import pytest

from grading import Grade, entry, grade_file
from harness import report as reports
from harness import verify
from harness.assignments import registry
from harness.oracles import autograd, bank, bank_folder
from harness.report import Report

REFERENCE = Path(__file__).parent.parent / "reference_impls"
CS231N = (REFERENCE / "cs231n" / "model.py").read_text()
MYTORCH = (REFERENCE / "mytorch" / "model.py").read_text()
GRU = (REFERENCE / "gru" / "model.py").read_text()
QUIZ10 = (REFERENCE / "quiz10" / "model.py").read_text()

CHAINED = """
def rnn_forward(x, h0, Wx, Wh, b):
    states, caches = [], []
    for t in range(x.shape[1]):
        h0, cache = rnn_step_forward(x[:, t], h0, Wx, Wh, b)
        states.append(h0)
        caches.append(cache)
    return np.stack(states, axis=1), caches

def rnn_backward(dh, caches):
    carry, dx, dWx, dWh, db = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        dx_t, carry, a, b, c = rnn_step_backward(dh[:, t] + carry, caches[t])
        dx.insert(0, dx_t)
        dWx, dWh, db = dWx + a, dWh + b, db + c
    return np.stack(dx, axis=1), carry, dWx, dWh, db
"""


def _replaced(source: str, old: str, new: str) -> str:
    assert source.count(old) >= 1, old
    return source.replace(old, new)


def _charges(report: Report) -> dict[str, str | None]:
    return {e.name: e.charged_to for e in report.entry_points if e.charged_to}


def test_a_right_backward_of_a_wrong_forward_keeps_its_points(grade_source: Grade) -> None:
    """The forward is a scaled tanh, and the backward is the derivative of exactly that."""
    source = _replaced(CS231N, "np.tanh(x @ Wx + prev_h @ Wh + b)", "1.5 * np.tanh(x @ Wx + prev_h @ Wh + b)")
    source = _replaced(source, "(1 - next_h ** 2)", "(1.5 - next_h ** 2 / 1.5)")
    report = grade_source(source)
    assert entry(report, "rnn_step_forward").status == "fail"
    assert entry(report, "rnn_step_forward").points.earned == 0.0
    backward = entry(report, "rnn_step_backward")
    assert (backward.status, backward.charged_to, backward.points.earned) == ("fail", "rnn_step_forward", 3.0)


def test_a_wrong_backward_of_a_wrong_forward_keeps_nothing(grade_source: Grade) -> None:
    source = _replaced(CS231N, "np.tanh(x @ Wx + prev_h @ Wh + b)", "1.5 * np.tanh(x @ Wx + prev_h @ Wh + b)")
    backward = entry(grade_source(source), "rnn_step_backward")
    assert (backward.status, backward.charged_to, backward.points.earned) == ("fail", None, 0.0)


def test_a_forward_that_ignores_an_input_earns_its_backward_no_credit(grade_source: Grade) -> None:
    source = _replaced(CS231N, "np.tanh(x @ Wx + prev_h @ Wh + b)", "np.tanh(x @ Wx + b)")
    source = _replaced(source, "dprev_h = da @ Wh.T", "dprev_h = 0 * prev_h")
    source = _replaced(
        source,
        "dWh = prev_h.T @ da\n    db = da.sum(axis=0)\n    return dx, dprev_h",
        "dWh = 0 * Wh\n    db = da.sum(axis=0)\n    return dx, dprev_h",
    )
    assert entry(grade_source(source), "rnn_step_backward").charged_to is None


def test_a_chain_of_a_wrong_step_is_charged_to_the_step(grade_source: Grade) -> None:
    source = _replaced(CS231N, "da = dnext_h * (1 - next_h ** 2)", "da = dnext_h * (1 - next_h)") + CHAINED
    report = grade_source(source)
    built = ("rnn_backward", "CaptioningRNN.loss[rnn]")
    assert _charges(report) == dict.fromkeys(built, "rnn_step_backward")
    assert entry(report, "rnn_backward").status == "fail"
    assert report.score.earned == report.score.possible - 3.0


def test_a_chain_that_adds_a_mistake_of_its_own_is_not_excused(grade_source: Grade) -> None:
    source = _replaced(CS231N, "da = dnext_h * (1 - next_h ** 2)", "da = dnext_h * (1 - next_h)")
    source += CHAINED.replace("dh[:, t] + carry", "dh[:, t]")
    report = grade_source(source)
    assert entry(report, "rnn_backward").points.earned == pytest.approx(0.0)


SQUEEZED = _replaced(GRU, "return next_h, cache", "return next_h.squeeze(), cache")


def test_a_sequence_that_raises_at_a_steps_wrong_shape_is_charged_to_the_step(grade_source: Grade) -> None:
    report = grade_source(SQUEEZED, "gru")
    sequence = entry(report, "gru_forward")
    assert sequence.status == "error"
    assert (sequence.charged_to, sequence.points.earned) == ("gru_step_forward", 2.0)
    assert entry(report, "gru_step_forward").points.earned == 0.0


def test_a_steps_wrong_shape_excuses_no_mistake_of_the_sequences_own(grade_source: Grade) -> None:
    report = grade_source(_replaced(SQUEEZED, "states.append(hidden)", "states.append(2 * hidden)"), "gru")
    assert entry(report, "gru_forward").points.earned == 0.0


def test_a_step_of_no_dimensions_can_stand_beside_a_wrong_sequence(grade_source: Grade) -> None:
    source = _replaced(CS231N, "    return next_h, cache\n", "    return np.squeeze(next_h), cache\n")
    report = grade_source(_replaced(source, "states.append(prev)", "states.append(2 * prev)"))
    assert (report.status, entry(report, "rnn_forward").points.earned) == ("graded", 0.0)


def test_a_wrong_cell_is_charged_once(grade_source: Grade) -> None:
    source = _replaced(MYTORCH, "dz.T @ h_prev_t / N", "dz.T @ h_prev_t")
    report = grade_source(source, "mytorch", "rnn.py")
    assert entry(report, "RNNCell.backward").points.earned == 2.5
    assert _charges(report) == {"RNNPhonemeClassifier.backward": "RNNCell.backward"}
    assert entry(report, "RNNPhonemeClassifier.backward").points.earned == 3.0


def test_a_right_cell_backward_fed_by_a_wrong_forward_costs_the_classifier_nothing(grade_source: Grade) -> None:
    report = grade_source(_replaced(MYTORCH, "@ self.W_hh.T + self.b_hh)", "@ self.W_hh.T)"), "mytorch", "rnn.py")
    assert report.score.earned == 8.0
    assert _charges(report) == dict.fromkeys(
        ("RNNPhonemeClassifier.forward", "RNNPhonemeClassifier.backward"), "RNNCell.forward"
    )


def test_a_cell_without_its_derivative_is_told_from_a_classifier_without_carry(grade_source: Grade) -> None:
    report = grade_source(_replaced(MYTORCH, "dh[l - 1] = dh[l - 1] + dx", "pass"), "mytorch", "rnn.py")
    assert {e.name: e.status for e in report.entry_points} == {
        "RNNCell.forward": "pass",
        "RNNCell.backward": "pass",
        "RNNPhonemeClassifier.forward": "pass",
        "RNNPhonemeClassifier.backward": "fail",
    }


def test_backward_functions_alone_are_graded_where_the_cache_is_printed(grade_source: Grade) -> None:
    source = QUIZ10[: QUIZ10.index("def rnn_step_forward")] + QUIZ10[QUIZ10.index("def rnn_step_backward") :]
    start, end = source.index("def rnn_forward"), source.index("def rnn_backward")
    report = grade_source(source[:start] + source[end:], "quiz10", "quiz.py")
    assert {e.name: e.status for e in report.entry_points} == {
        "rnn_step_forward": "missing",
        "rnn_step_backward": "pass",
        "rnn_forward": "missing",
        "rnn_backward": "pass",
    }


def test_backward_functions_alone_are_not_judged_where_caches_have_any_form(grade_source: Grade) -> None:
    source = CS231N[: CS231N.index("def rnn_step_forward")] + CS231N[CS231N.index("def rnn_step_backward") :]
    backward = entry(grade_source(source), "rnn_step_backward")
    assert (backward.status, backward.charged_to, backward.points.earned) == ("not_judged", "rnn_step_forward", None)


def test_a_dtype_that_is_not_kept_fails_where_the_handout_demands_it(grade_source: Grade) -> None:
    source = _replaced(QUIZ10, "db = da.sum(axis=0)\n    return", "db = da.sum(axis=0).double()\n    return")
    step = entry(grade_source(source, "quiz10", "quiz.py"), "rnn_step_backward")
    assert [(c.property, c.tensor) for c in step.checks if c.status == "fail"] == [("keeps_dtype", "db")]
    assert step.points.earned == pytest.approx(2.4)


def test_gradients_that_do_not_accumulate_fail(grade_source: Grade) -> None:
    source = _replaced(MYTORCH, "self.dW_ih = self.dW_ih + dz", "self.dW_ih = dz")
    cell = entry(grade_source(source, "mytorch", "rnn.py"), "RNNCell.backward")
    assert [(c.property, c.tensor) for c in cell.checks if c.status == "fail"] == [("gradients_accumulate", "dW_ih")]


def test_credit_for_a_wrong_forward_does_not_excuse_what_the_handout_demands(grade_source: Grade) -> None:
    """A linear cell with the right derivative of that, whose dW_ih is replaced at each call."""
    source = _replaced(MYTORCH, "h_t = np.tanh(x @", "h_t = (x @")
    source = _replaced(source, "delta * (1 - h_t ** 2)", "delta * 1.0")
    source = _replaced(source, "self.dW_ih = self.dW_ih + dz", "self.dW_ih = dz")
    cell = entry(grade_source(source, "mytorch", "rnn.py"), "RNNCell.backward")
    assert cell.points.earned == pytest.approx(2.5)
    assert cell.charged_to is None


def test_a_zero_grad_that_forgets_a_gradient_fails(grade_source: Grade) -> None:
    old = "self.db_ih, self.db_hh = np.zeros(self.b_ih.shape), np.zeros(self.b_hh.shape)"
    source = _replaced(
        MYTORCH,
        f"    {old}",
        "    self.db_ih = np.zeros(self.b_ih.shape)\n        self.db_hh = getattr(self, 'db_hh', 0 * self.b_hh)",
    )
    cell = entry(grade_source(source, "mytorch", "rnn.py"), "RNNCell.backward")
    assert [(c.property, c.tensor) for c in cell.checks if c.status == "fail"] == [("zero_grad_resets", "db_hh")]


def test_float32_inside_is_a_matter_of_precision_and_costs_nothing(grade_source: Grade) -> None:
    source = _replaced(CS231N, "dWx = x.T @ da\n", "dWx = (x.T @ da).astype(np.float32)\n")
    step = entry(grade_source(source), "rnn_step_backward")
    assert (step.status, step.points.earned) == ("precision", 3.0)


def test_an_epsilon_in_a_formula_is_noticed(grade_source: Grade) -> None:
    source = _replaced(CS231N, "(1 - next_h ** 2)", "(1 - next_h ** 2 + 1e-12)")
    assert entry(grade_source(source), "rnn_step_backward").status != "pass"


def test_changing_arguments_in_place_warns_and_costs_nothing(grade_source: Grade) -> None:
    source = _replaced(
        CS231N,
        "    g = np.zeros_like(h0)\n",
        "    g = np.zeros_like(h0)\n    dh += 0.0\n    dh *= 2; answer = 1; dh_own = dh / 2\n",
    )
    source = _replaced(source, "g = g + dh[:, t]", "g = g + dh_own[:, t]")
    report = grade_source(source)
    assert entry(report, "rnn_backward").status == "pass"
    assert ("inputs_untouched", "rnn_backward") in {(b.property, b.entry_point) for b in report.behaviour}
    assert report.score.earned == report.score.possible


def test_wrong_where_it_does_not_raise_comes_with_a_program_and_with_the_exception(grade_source: Grade) -> None:
    source = _replaced(
        CS231N, "    g = np.zeros_like(h0)\n", "    g = np.zeros_like(h0) + 1\n    assert len(h0) < 3, 'many'\n"
    )
    found = entry(grade_source(source, only=("rnn_backward",)), "rnn_backward")
    runs, *tensors = [c for c in found.checks if c.property in ("runs", "matches_autograd")]
    assert (runs.property, runs.status) == ("runs", "error")
    assert runs.message.startswith("AssertionError: many")
    assert runs.traceback
    shown = next(c.counterexample for c in tensors if c.tensor == "dh0")
    assert shown is not None
    assert shown.dims["N"] == 1
    assert "expected" in shown.snippet


def test_a_skeleton_is_not_attempted(grade_source: Grade) -> None:
    source = "import numpy as np\n" + "".join(
        f"def {name}(*args):\n    '''Do it.'''\n    raise NotImplementedError\n"
        for name in ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")
    )
    report = grade_source(source, only=("rnn_*",))
    assert {e.status for e in report.entry_points} == {"not_attempted"}
    assert (report.score.earned, report.score.possible) == (0.0, 10.0)


def test_the_same_submission_gets_the_same_report(grade_source: Grade) -> None:
    source = _replaced(CS231N, "g = da @ Wh.T", "g = da @ Wh")
    blank = [reports.encode(msgspec.structs.replace(grade_source(source), seconds=reports.Seconds())) for _ in range(2)]
    assert blank[0] == blank[1]


def test_another_seed_draws_other_cases(grade_source: Grade) -> None:
    reports = [grade_source(CS231N, seed=seed) for seed in ("a", "b")]
    ratios = [[c.worst_ratio for e in report.entry_points for c in e.checks] for report in reports]
    assert ratios[0] != ratios[1]


def test_oracles_that_disagree_are_the_graders_fault(grade_source: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    right = autograd.answers

    def wrong(*args: object) -> dict[str, object]:
        return {name: 1.0000001 * array for name, array in right(*args).items()}  # type: ignore[arg-type]

    monkeypatch.setattr(autograd, "answers", wrong)
    monkeypatch.setenv(bank_folder.VARIABLE, "")
    bank.truths.cache_clear()
    monkeypatch.setattr(bank, "_known", {})
    report = grade_source(CS231N)
    bank.truths.cache_clear()
    assert report.status == "grader_fault"
    assert report.score.earned is None
    assert "disagree" in report.message


def test_hidden_answers_are_in_no_counterexample(grade_source: Grade) -> None:
    source = _replaced(CS231N, "g = da @ Wh.T", "g = da @ Wh")
    shown, hidden = (reports.encode(grade_source(source, hide_expected=h)).decode() for h in (False, True))
    assert re.search(r'"expected": "-?\d', shown)
    assert not re.search(r'"expected": "-?\d', hidden)
    assert "expected:" not in hidden


def test_the_counterexample_is_as_small_as_can_be(grade_source: Grade) -> None:
    source = _replaced(CS231N, "g = g + dh[:, t]", "g = dh[:, t]")
    found = {c.tensor: c.counterexample for c in entry(grade_source(source), "rnn_backward").checks if c.counterexample}
    assert found["dWx"] is not None
    assert found["dWx"].dims == {"N": 1, "T": 2, "D": 1, "H": 1}


def test_a_transposed_weight_needs_two_hidden_units_to_show(grade_source: Grade) -> None:
    source = _replaced(CS231N, "dprev_h = da @ Wh.T", "dprev_h = da @ Wh")
    checks = entry(grade_source(source), "rnn_step_backward").checks
    assert [c.counterexample.dims for c in checks if c.counterexample] == [{"N": 1, "D": 1, "H": 2}]


@pytest.mark.parametrize("assignment", [a.id for a in registry.every()])
def test_every_entry_point_is_judged_on_at_least_forty_cases(assignment: str) -> None:
    report = grade_file(REFERENCE / assignment / "model.py", assignment)
    counts = {c.cases for e in report.entry_points for c in e.checks if c.property == "matches_autograd"}
    assert min(counts) >= 40
    assert sum(c.not_judged for e in report.entry_points for c in e.checks) <= 0.05 * sum(
        c.cases for e in report.entry_points for c in e.checks
    )


def test_a_backward_that_reads_what_the_latest_forward_left_is_found_out(grade_source: Grade) -> None:
    """Right while forward and backward take turns; the cache is there so that they need not."""
    source = _replaced(
        CS231N,
        "    cache = (x, prev_h, Wx, Wh, b, next_h)\n",
        "    cache = (x, prev_h, Wx, Wh, b, next_h)\n    global LAST\n    LAST = cache\n",
    )
    source = _replaced(
        source, "    x, prev_h, Wx, Wh, b, next_h = cache\n", "    x, prev_h, Wx, Wh, b, next_h = LAST\n"
    )
    assert entry(grade_source(source), "rnn_step_backward").status == "fail"


def test_truncation_after_many_steps_is_found_out(grade_source: Grade) -> None:
    source = _replaced(CS231N, "        g = da @ Wh.T\n", "        g = da @ Wh.T * (t > T - 12)\n")
    assert entry(grade_source(source), "rnn_backward").status == "fail"


def test_a_cast_is_told_from_an_epsilon(grade_source: Grade) -> None:
    cast = entry(grade_source(_replaced(CS231N, "dh0 = g\n", "dh0 = g.astype(np.float32)\n")), "rnn_backward")
    assert cast.status == "precision"
    assert next(c.message for c in cast.checks if c.status == "precision").endswith("something casts it down")
    epsilon = grade_source(_replaced(CS231N, "(1 - next_h ** 2)", "(1 - next_h ** 2 + 1e-8)"), name="b.py")
    messages = [c.message for c in entry(epsilon, "rnn_step_backward").checks if c.status == "precision"]
    assert messages
    assert all("an epsilon, in a formula" in m for m in messages)


def test_the_collector_of_cycles_waits_while_a_submission_is_graded_and_is_left_as_it_was() -> None:
    for begin in (gc.enable, gc.disable):
        begin()
        before = gc.isenabled()
        with verify._uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() == before
    gc.enable()
