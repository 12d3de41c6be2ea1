"""Cases are fixed by their seed, cover the corners, and hold numbers float32 can represent."""

from __future__ import annotations

import importlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading import DEEP
from harness.assignments import registry
from harness.assignments.contract import Group, Input, part_shapes
from harness.cases import drawing
from harness.cases.case import Case
from harness.cases.filling import inputs, sent
from harness.oracles import bank
from harness.oracles.allowances import undecidable

GROUPS = [(a, g) for a in registry.every() for g in a.groups]
BY_NAME = pytest.mark.parametrize(
    ("assignment", "group"), GROUPS, ids=lambda x: getattr(x, "id", getattr(x, "name", ""))
)


@BY_NAME
def test_the_seed_fixes_the_cases(assignment, group) -> None:
    first, second, other = (drawing.cases(assignment, group, seed, 44) for seed in ("0", "0", "1"))
    assert first == second != other


def test_what_else_is_loaded_changes_no_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis takes to numbers that it finds in modules: in another process, or in a notebook, there are others."""
    asked = registry.get("cs187"), registry.get("cs187").group("forward"), "0", 300
    drawn = drawing.cases(*asked)
    (tmp_path / "many_numbers.py").write_text(f"NUMBERS = {[*range(101, 60000, 300)]}")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("many_numbers")
    assert drawing.cases(*asked) == drawn


@BY_NAME
def test_there_are_as_many_as_asked_for_and_no_case_twice(assignment, group) -> None:
    for count in (44, 100):
        cases = drawing.cases(assignment, group, "0", count)
        assert len({repr(c) for c in cases}) == len(cases) == count


@BY_NAME
def test_corners_and_features_always_come_along(assignment, group) -> None:
    cases = drawing.cases(assignment, group, "any", 0)
    for name, (least, _) in group.dims.items():
        assert any(c.dims[name] == least for c in cases), name
    assert any(len(set(c.dims.values())) == len(c.dims) for c in cases)
    assert {c.scale for c in cases} == {"ordinary", "tiny", "saturating"}
    assert {c.upstream_exponent for c in cases} >= ({-6, 0, 6} if group.has("upstream") else {0})
    assert {c.layout for c in cases} == {"C", "F"}
    assert {c.state for c in cases} >= ({"random", "zero"} if group.has("state") else {"random"})
    assert {c.mask for c in cases} == ({"random", "none", "all"} if group.has("mask") else {"random"})
    assert {c.markers for c in cases} == ({"first", "shuffled"} if group.has("markers") else {"first"})
    assert {c.kink for c in cases} == ({False, True} if group.has("rectified") else {False})
    if "T" in group.dims and any("T" in i.dims for i in group.inputs if i.role == "upstream"):
        assert {c.upstream for c in cases} == {"dense", "one_step", "last_step"}
    if "L" in group.dims:
        assert {c.dims["L"] for c in cases} >= {1, 2, 3, 5}
        assert "absent" in {c.state for c in cases}


@BY_NAME
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_no_ordinary_case_leaves_a_result_open(assignment, group, dtype) -> None:
    """In float32 many a gradient has all but vanished on its way through time: such a case is drawn again."""
    for case in drawing.cases(assignment, group, "0", 100 if DEEP else 30)[:: 1 if DEEP else 3]:
        asked = msgspec.structs.replace(case, dtype=dtype)
        known = bank.telling(assignment, group.name, asked)
        decided = {n for n in known.expected if not undecidable(known.expected[n], known.allowed[n], dtype)}
        tensors, judged = ({n.partition("[")[0] for n in names} for names in (known.expected, decided))
        assert tensors == judged or not case.ordinary, known.case
        assert msgspec.structs.replace(known.case, seed=case.seed, dims=case.dims) == asked


def test_a_case_that_leaves_nothing_open_and_a_deliberate_one_stay() -> None:
    contract = registry.get("quiz10")
    group = contract.group("rnn")
    stays = [c for c in drawing.cases(contract, group, "0", 44) if c.dtype == "float64" or not c.ordinary]
    assert {c.scale for c in stays} == {"ordinary", "tiny", "saturating"}
    assert [bank.telling(contract, group.name, c).case for c in stays] == stays


@BY_NAME
def test_cases_come_simplest_first(assignment, group) -> None:
    sizes = [c.complexity() for c in drawing.cases(assignment, group, "0", 44)]
    assert sizes == sorted(sizes)


@BY_NAME
def test_inputs_have_their_shapes_and_fit_into_float32(assignment, group) -> None:
    for case in drawing.cases(assignment, group, "0", 44):
        arrays = inputs(case, group)
        shapes = {name: shape for item in group.inputs for name, shape in part_shapes(item, case.dims).items()}
        assert {name: a.shape for name, a in arrays.items()} == shapes
        for name, array in arrays.items():
            assert array.dtype.kind in "ib" if name in group.whole else array.dtype == case.dtype
            np.testing.assert_array_equal(array, array.astype(np.float32).astype(array.dtype))
            assert np.all(np.isfinite(array))


def test_one_step_upstream_is_zero_elsewhere() -> None:
    group = registry.get("cs231n").group("rnn")
    case = Case(dims={"N": 2, "T": 4, "D": 1, "H": 3}, upstream="one_step", seed=6)
    dh = inputs(case, group)["dh"]
    assert [bool(np.any(dh[:, t])) for t in range(4)] == [t == 6 % 4 for t in range(4)]


def test_an_absent_state_is_not_sent() -> None:
    group = registry.get("mytorch").group("classifier")
    case = Case(dims={"N": 2, "T": 2, "D": 1, "H": 1, "O": 1, "L": 2}, state="absent")
    arrays = inputs(case, group)
    assert np.all(arrays["h_0"] == 0)
    assert "h_0" not in sent(case, group, arrays)


def test_tidy_numbers_are_short_and_not_zero() -> None:
    group = registry.get("cs231n").group("rnn")
    for array in inputs(Case(dims={"N": 3, "T": 3, "D": 3, "H": 3}, tidy=True), group).values():
        assert np.all(array * 16 == np.round(array * 16))
        assert np.all(array != 0)


def test_tidy_rows_of_probabilities_add_up_to_one() -> None:
    group = registry.get("cs187").group("bigram")
    for size in (1, 2, 3, 8):
        table = inputs(Case(dims={"T": 3, "V": size}, tidy=True, seed=size), group)["T"]
        assert np.all(table * 16 == np.round(table * 16))
        assert np.all(table > 0)
        assert np.all(table.sum(axis=1) == 1)


def test_with_a_kink_single_numbers_are_zero_and_some_of_a_list() -> None:
    group = registry.get("cs187").group("scalar")
    bent = inputs(Case(dims={"T": 20}, kink=True), group)
    assert bent["U"] == 0
    assert bent["V"] != 0
    assert 3 < np.sum(bent["xs"] == 0) < 18
    assert bent["xs"].shape == (21,)
    assert np.all(inputs(Case(dims={"T": 20}), group)["xs"] != 0)


CAPTIONS = Group(
    "captions",
    dims={"N": (1, 4), "T": (2, 6), "V": (3, 7)},
    inputs=(
        Input("markers", (), "markers"),
        Input("captions", ("N", "T"), "words", below="V"),
        Input("mask", ("N", "T"), "mask"),
        Input("scores", ("N", "T", "V"), "scores"),
        Input("W", ("V", "4N"), "weight"),
    ),
    upstream={},
    pinned=({"N": 1, "T": 2, "V": 3},),
    objective="loss",
)


@settings(max_examples=100, deadline=None, database=None)
@given(st.data())
def test_captions_masks_and_scores_are_what_they_are_called(data: st.DataObject) -> None:
    case = data.draw(drawing.strategy(registry.get("cs231n"), CAPTIONS))
    made = inputs(case, CAPTIONS)
    null, start, end = made["markers"]
    assert len({null, start, end}) == 3
    assert case.markers == "shuffled" or (null, start, end) == (0, 1, 2)
    words = made["captions"]
    assert words.dtype == np.int64
    assert np.all(words[:, 0] == start)
    assert words.min() >= 0
    assert words.max() < case.dims["V"]
    assert made["mask"].dtype == bool
    assert case.mask == "random" or made["mask"].all() == (case.mask == "all") == made["mask"].any()
    scores = made["scores"]
    assert np.all(np.ptp(scores, axis=2) <= 31)
    assert case.scale == "saturating" or np.all(np.abs(scores) < 50)
    assert made["W"].shape == (case.dims["V"], 4 * case.dims["N"])


def test_some_captions_end_and_some_scores_lie_far_from_zero() -> None:
    cases = drawing.cases(registry.get("cs231n"), CAPTIONS, "0", 44)
    made = [inputs(case, CAPTIONS) for case in cases]
    assert any(m["captions"][0, -1] == m["markers"][0] for m in made)
    assert max(np.abs(m["scores"]).max() for m in made) > 100
    assert {c.mask for c in cases} == {"random", "all", "none"}
    assert {c.markers for c in cases} == {"first", "shuffled"}
    assert {(c.state, c.upstream, c.upstream_exponent) for c in cases} == {("random", "dense", 0)}
