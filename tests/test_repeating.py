"""A verdict holds for every call: what changes from call to call, or only goes wrong after other calls, is told."""

from __future__ import annotations

from pathlib import Path

from grading import Grade, entry

CS231N = (Path(__file__).parent.parent / "reference_impls" / "cs231n" / "model.py").read_text()


def _replaced(old: str, new: str) -> str:
    assert CS231N.count(old) == 1
    return CS231N.replace(old, new)


def test_an_answer_left_to_chance_is_nondeterministic(grade_source: Grade) -> None:
    chance = "if np.random.rand() < 0.5: dx = dx + 1\n    return dx, dprev_h, dWx"
    step = entry(grade_source(_replaced("return dx, dprev_h, dWx", chance)), "rnn_step_backward")
    assert step.status == "nondeterministic"
    check = next(c for c in step.checks if c.property == "same_again")
    assert (check.tensor, check.status) == ("dx", "nondeterministic")
    assert "then" in check.message
    assert step.points.earned == 2.4


def test_what_earlier_calls_left_behind_is_said_with_both_answers(grade_source: Grade) -> None:
    source = "SUMS = {}\n" + _replaced(
        "dWx = x.T @ da", "dWx = SUMS[Wx.shape] = SUMS.get(Wx.shape, 0) + x.T @ da; dWx = dWx * 1"
    )
    step = entry(grade_source(source), "rnn_step_backward")
    assert step.status == "fail"
    assert [(d.id, d.explains) for d in step.diagnoses] == [("state kept", ["dWx"])]
    (check,) = [c for c in step.checks if c.property == "no_state_kept"]
    assert ", then " in check.message
    assert not any(c.counterexample for c in step.checks), "alone it would show nothing"


def test_a_counter_that_spoils_every_later_call_is_told_from_a_wrong_formula(grade_source: Grade) -> None:
    spoilt = _replaced(
        "    return dx, dh0, dWx, dWh, db", "    CALLS.append(1)\n    return dx, dh0 * len(CALLS), dWx, dWh, db"
    )
    report = entry(grade_source("CALLS = []\n" + spoilt), "rnn_backward")
    assert [(d.id, d.explains) for d in report.diagnoses] == [("state kept", ["dh0"])]
    wrong = _replaced("    return dx, dh0, dWx, dWh, db", "    return dx, dh0 * 1.7, dWx, dWh, db")
    assert not entry(grade_source(wrong), "rnn_backward").diagnoses
