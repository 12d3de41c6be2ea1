"""Looking at all cases together finds the same tensors a mistake explains as looking at them one by one."""

from __future__ import annotations

import numpy as np
import pytest

from harness.assignments import registry
from harness.diagnosis import in_rows, reproducing
from harness.diagnosis.in_rows import Mine
from harness.oracles import bank
from harness.worker.session import Outcome, Result
from reference_impls import catalogue

ENTRIES = [
    ("cs231n", "rnn_backward"),
    ("cs231n", "temporal_softmax_loss"),
    ("mytorch", "RNNPhonemeClassifier.backward"),
]


@pytest.mark.parametrize(("assignment", "name"), ENTRIES)
def test_a_mistake_explains_the_same_tensors_either_way(
    assignment: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = registry.get(assignment)
    entry = asked.entry_point(name)
    truths = bank.truths(assignment, entry.group, "0", 44)
    mistakes = [m for m in catalogue.misconceptions(assignment) if name in m.touches][:9]
    looked: list[bool | None] = []
    same = Mine.same
    monkeypatch.setattr(Mine, "same", lambda *given: looked.append(same(*given)) or looked[-1])
    explained = 0
    for number, made in enumerate([*mistakes, None]):
        outcomes: list[Outcome] = []
        for truth in truths:
            results = reproducing.made(asked, entry, (made,) if made else (), truth)
            arrays = dict(results) if isinstance(results, dict) else {}
            if number % 3 == 1:  # a last digit, which no mistake explains in this one
                arrays = {n: a * (1 + 1e-15) + (truth.case.dims["N"] == 3) * 1e-7 for n, a in arrays.items()}
            if number % 3 == 2 and truth is truths[-1]:
                arrays = {n: np.full_like(a, np.nan) for n, a in arrays.items()}
            outcomes.append(Result(arrays))
        pairs = list(zip(truths, outcomes, strict=True))
        for other in mistakes:
            given = asked, entry, (other,), entry.tensors, pairs
            alone = reproducing.explained(*given)
            assert reproducing.explained(*given, Mine(truths, outcomes)) == alone
            explained += bool(alone)
    assert explained > 2
    assert {True, False} <= set(looked)


def test_results_of_another_shape_are_looked_at_one_by_one() -> None:
    asked = registry.get("cs231n")
    entry = asked.entry_point("rnn_forward")
    truths = bank.truths("cs231n", entry.group, "0", 44)
    mine = Mine(truths, [Result({"h": t.expected["h"][..., None]}) for t in truths])
    found = mine.same(entry.tensors[0], ("a key",), lambda truth: dict(truth.expected), reproducing.RELATIVE)
    assert found is None
    right = Mine(truths, [Result({"h": t.expected["h"]}) for t in truths])
    assert right.same(entry.tensors[0], ("a key",), lambda truth: dict(truth.expected), reproducing.RELATIVE)
    assert right.same(entry.tensors[0], ("it raises",), lambda truth: "ValueError", reproducing.RELATIVE) is None
    assert in_rows.slack(np.array([np.inf, -2.0]), 0.5) == 1.0
