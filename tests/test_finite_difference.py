"""Slopes through a student's own forward: exact where complex numbers pass, good where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.assignments import registry
from harness.diagnosis.charging import ordinary, take_slopes
from harness.oracles import bank
from harness.oracles.finite_difference import slopes
from harness.worker.workbench import Workbench

REFERENCE = Path(__file__).parent.parent / "reference_impls"
CS231N = (REFERENCE / "cs231n" / "model.py").read_text()

FORWARDS = {
    "carries complex numbers": ("next_h = np.tanh(", "next_h = np.tanh("),
    "casts to float": ("next_h = np.tanh(x @ Wx", "next_h = np.tanh(x.astype(float) @ Wx"),
    "fills a float buffer": (
        "    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)\n",
        "    next_h = np.zeros((x.shape[0], b.shape[0]))\n    next_h[:] = np.tanh(x @ Wx + prev_h @ Wh + b)\n",
    ),
    "takes math.tanh": (
        "    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)\n",
        "    import math\n    a = x @ Wx + prev_h @ Wh + b\n"
        "    next_h = np.array([[math.tanh(v) for v in row] for row in a])\n",
    ),
    "takes real parts": ("next_h = np.tanh(x @ Wx", "next_h = np.tanh(np.real(x) @ Wx"),
}


@pytest.mark.parametrize("form", FORWARDS)
def test_right_gradients_have_the_slopes_of_every_form_of_forward(form: str) -> None:
    assignment = registry.get("cs231n")
    entry = assignment.entry_point("rnn_step_backward")
    truths = ordinary(bank.truths("cs231n", "rnn_step", "0", 44))
    source = CS231N.replace(*FORWARDS[form])
    with Workbench({"a.py": source.encode()}, dict.fromkeys(assignment.defined_names, "a.py"), assignment) as bench:
        found = slopes(bench.run, entry, assignment.group("rnn_step"), truths)
    assert found is not None
    exact = form == "carries complex numbers"
    for truth, case in zip(truths, found, strict=True):
        assert len(case) == 2 * len(entry.tensors)
        assert all((s.uncertainty == 0.0) == exact for s in case)
        assert all(s.agrees(truth.expected) for s in case)
        bent = {name: 1.001 * array for name, array in truth.expected.items()}
        assert not any(s.agrees(bent) for s in case if exact)
        assert not all(s.agrees(bent) for s in case)


@pytest.mark.parametrize("name", ["RNNCell.backward", "RNNPhonemeClassifier.backward"])
def test_batch_averages_are_differentiated_as_averages(name: str) -> None:
    assignment = registry.get("mytorch")
    entry = assignment.entry_point(name)
    truths = bank.truths("mytorch", entry.group, "0", 44)
    source = (REFERENCE / "mytorch" / "model.py").read_bytes()
    with Workbench({"a.py": source}, dict.fromkeys(assignment.defined_names, "a.py"), assignment) as bench:
        taken = take_slopes(bench, entry, truths)
    assert taken is not None
    assert any(t.case.dims["N"] > 1 for t in taken.truths)
    assert all(taken.agreeing(t.name) == (len(taken.truths), len(taken.truths)) for t in entry.tensors)


def test_a_forward_that_raises_has_no_slopes() -> None:
    assignment = registry.get("cs231n")
    entry = assignment.entry_point("rnn_step_backward")
    truths = bank.truths("cs231n", "rnn_step", "0", 44)[:2]
    source = CS231N.replace("next_h = np.tanh(", "raise ValueError(")
    with Workbench({"a.py": source.encode()}, dict.fromkeys(assignment.defined_names, "a.py"), assignment) as bench:
        assert slopes(bench.run, entry, assignment.group("rnn_step"), truths) is None
