"""The catalogue of misconceptions says what is true: where each edit stands, what it changes, and at which sizes."""

from __future__ import annotations

import functools
import itertools
import operator
import re
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from formulations.running import Arrays, built_on, model, module_of, run, same
from harness.assignments import registry
from harness.assignments.contract import Group
from harness.cases.case import Case
from reference_impls import catalogue
from reference_impls.catalogue import Edit, Misconception

ROOT = Path(__file__).resolve().parent.parent
IDS = tuple(a.id for a in registry.every())
EVERY = [(a, m) for a in IDS for m in catalogue.misconceptions(a)]
each = pytest.mark.parametrize(("assignment", "wrong"), EVERY, ids=[f"{a}-{m.id}" for a, m in EVERY])

REQUIRED = {
    "rnn_step": """tanh_no_square tanh_twice deriv_at_prev upstream_sq eps_deriv neg db_mean db_total db_upstream
        db_first dWx_mean all_mean da_mean dx_upstream dx_mean dh_no_T dh_upstream dh_residual dWx_upstream dWh_next
        dWh_upstream dWh_T swap_W swap_x weight_decay""",
    "rnn_sequence": """no_carry last_dh_only carry_mean forward_order skip_last overwrite_dWh overwrite_db
        overwrite_all prev_wraps prev_is_cur prev_is_h0 deriv_prev tanh_no_square deriv_eps dh0_zero Wh_no_T
        carry_no_deriv dWh_T mean_N mean_T mean_NT db_twice dx_reversed truncated2 clip5""",
    "lstm_sequence": """no_h_carry c_carry_no_f c_carry_i dc_no_o dc_no_tanh dc_c_not_tanh dc_no_square do_c do_h di_i
        dg_g swap_ig di_no_sig df_no_sig do_no_sig dg_sig f_half swap_fo dc_before_do dWh_cur h0_zero_in_dWh
        overwrite_dWx overwrite_dWh dh0_zero dh0_dc mean_N last_dh_only""",
    "word_embedding": """fancy_iadd first_wins mean_count mean_N mean_T mean_V plus_W ones_init first_t last_t skip_t0
        first_n pad0 time_rev n_shift sum_D row_loop_last range_max per_sample_set per_time_set abs""",
    "temporal_affine": """dx_noT dw_mean_N dw_mean_NT db_mean db_N_only db_last_t db_first_n reshape_TN dx_mean_N
        dx_TN""",
    "temporal_softmax": """loss_mean_T loss_mean_mask loss_no_mask loss_sum loss_sign loss_log2 ds_no_mask ds_no_N ds_NT
        ds_N2 ds_no_minus1 ds_all_minus1 ds_neg softmax_axis0 global_max no_max label_shift mask_sq""",
    "captioning": """lstm_runs_rnn word_not_fed max_for_argmax starts_from_null""",
    "elman_rnncell_avg": """tanh_plus tanh_twice deriv_prev no_deriv sigmoid_deriv neg dWhh_sum W_sum dbih_sum
        dbhh_sum b_sum dx_mean dh_mean dxdh_mean mean_H db_hh_missing db_half db_twice db_delta swap_h dWhh_T
        swap_ret""",
    "phoneme_classifier": """dh_not_normalised dh_div_T dh_norm_each_t delta_div_N dx_overwrites dx_dropped
        dx_only_last_t dx_stale dh_accumulates only_top_layer only_last_t skip_last time_forward layer_forward
        hprev_l_old hprev_l_same ht_off x_off swap_dx_dh top_all_layers top_every_t dbo_sum h0_ignored cell_sum
        reset_h0""",
    "forward": """relu_on_logits no_relu tanh h0_ones swap_UV U_T V_T W_T no_carry last_only squeezed tensor_only""",
    "sequence_probability": """wraps sum transposed log uniform_start skip_last last_only""",
    "bigram_rnn": """W_not_T V_eye T_twice two_words""",
    "dL_dU": """no_recurrent_path last_step_only no_two sign relu_derivative_before no_relu_derivative""",
    "rnn_regression": """no_two half_loss half_both grad_sum mean_N sign abs rmse dV_prev dV_all dc_mean dh_VT
        dy_every_t no_deriv no_square deriv_off dW_cur dW_h0_zero dW_T carry_WT carry_no_deriv overwrite_W overwrite_b
        db_dh db_mean db_dc dU_mean_T""",
    "rnn_outputs": "eq15_printed eq28_printed eq29_printed x_off x_reversed no_carry dh_VT",
}
"""Mistakes seen in real submissions, by family: each is in the catalogue, or listed there as one not to be seen. Of a
family that nobody has submitted yet, none is required."""
PREFIX = {
    "rnn_step": "step",
    "rnn_sequence": "seq",
    "lstm_sequence": "lstm",
    "word_embedding": "emb",
    "temporal_affine": "ta",
    "temporal_softmax": "ts",
    "captioning": "cap",
    "elman_rnncell_avg": "cell",
    "phoneme_classifier": "cls",
    "forward": "fwd",
    "sequence_probability": "prob",
    "bigram_rnn": "bigram",
    "dL_dU": "grad",
    "rnn_outputs": "out",
    "rnn_regression": "reg",
}
FAMILIES = {
    "quiz10": ("rnn_step", "rnn_sequence"),
    "cs187": ("forward", "sequence_probability", "bigram_rnn", "dL_dU"),
    "cs231n": (
        "rnn_step",
        "rnn_sequence",
        "lstm_sequence",
        "word_embedding",
        "temporal_affine",
        "temporal_softmax",
        "captioning",
    ),
    "mytorch": ("elman_rnncell_avg", "phoneme_classifier"),
    "lab9": ("rnn_outputs", "rnn_regression"),
}
UNSEEN: dict[str, set[str]] = {
    "quiz10": set(),
    "cs187": set(),
    "cs231n": {"ts.mask_sq", "emb.range_max"},
    "mytorch": {"cls.dbo_sum"},
    "lab9": {"reg.grad_sum", "reg.mean_N", "reg.dc_mean", "reg.db_mean", "reg.dh_VT"},
}


@pytest.mark.parametrize("assignment", IDS)
def test_every_required_mistake_is_there_or_argued_away(assignment: str) -> None:
    required = {f"{PREFIX[f]}.{name}" for f in FAMILIES.get(assignment, ()) for name in REQUIRED[f].split()}
    there, unseen = {m.id for m in catalogue.misconceptions(assignment)}, UNSEEN.get(assignment, set())
    assert required - there == unseen
    assert unseen <= {u.id for u in catalogue.unseen(assignment)}


@pytest.mark.parametrize("assignment", IDS)
def test_ids_are_unique_and_families_known(assignment: str) -> None:
    rows = catalogue.misconceptions(assignment)
    ids = [m.id for m in rows] + [u.id for u in catalogue.unseen(assignment)]
    assert len(set(ids)) == len(ids)
    prefixes = {(row.family, row.id.partition(".")[0]) for row in rows}
    families = FAMILIES.get(assignment)
    if families:
        assert prefixes <= {(family, PREFIX[family]) for family in families}
    assert len({family for family, _ in prefixes}) == len(prefixes) == len({prefix for _, prefix in prefixes})


@each
def test_every_edit_has_one_place_and_leaves_python(assignment: str, wrong: Misconception) -> None:
    source = catalogue.source(assignment)
    edited = catalogue.apply(source, wrong)
    assert edited != source
    assert all(edit.new in edited for edit in wrong.edits)
    compile(edited, wrong.id, "exec")


@each
def test_the_question_does_not_give_the_fix_away(assignment: str, wrong: Misconception) -> None:
    assert wrong.title[0].islower() or wrong.title.split()[0] in ("W_ih", "W_hh", "Wh", "U", "V", "W")
    assert wrong.explanation.endswith(".")
    assert wrong.question.endswith("?")
    for code in re.findall(r"`(.+?)`", wrong.fix):
        if not code.isidentifier():
            assert code not in wrong.question


@each
def test_it_changes_the_entry_points_it_names_and_no_other(assignment: str, wrong: Misconception) -> None:
    changed = {e.name for e in registry.get(assignment).entry_points if _differs_anywhere(assignment, wrong, e.name)}
    built = set(built_on(registry.get(assignment), wrong.touches))
    assert changed - built == set(wrong.touches) - built
    assert set(wrong.touches) <= changed
    assert [name for name in _names(assignment) if name in wrong.touches] == list(wrong.touches)


@each
def test_it_shows_at_the_sizes_it_names_and_at_no_other(assignment: str, wrong: Misconception) -> None:
    """Elsewhere than where it is made, and in float32, it may show at fewer sizes, never at others; what shows
    sometimes shows on some case, and never at other sizes."""
    made_in = wrong.touches[0].split(".")[0]
    for entry in wrong.touches:
        for case in _cases(assignment, entry):
            shows, claimed = _differs(assignment, wrong, entry, case), _claimed(wrong.shows_at, entry, case)
            assert claimed or not shows, case
            certain = "by_chance" not in wrong.shows_at and entry.split(".")[0] == made_in
            if certain and (case.dtype == "float64" or "float32" in wrong.shows_at):
                assert shows or not claimed, case


def test_texts_are_for_reading_not_for_typesetting() -> None:
    for assignment, row in EVERY:
        for text in (row.title, row.explanation, row.question, row.fix):
            assert not re.search(r"[_^]\{|\\|\$", text), (assignment, row.id, text)


@pytest.mark.parametrize("assignment", IDS)
def test_no_two_give_the_same_numbers_everywhere(assignment: str) -> None:
    for one, other in itertools.combinations(catalogue.misconceptions(assignment), 2):
        if one.touches == other.touches:
            assert any(
                not same(_outcome(assignment, one, e, c), _outcome(assignment, other, e, c), _tolerance(c))
                for e in one.touches
                for c in _cases(assignment, e)[::-1]
            ), (one.id, other.id)


def test_an_edit_without_a_single_place_says_so() -> None:
    row = catalogue.misconceptions("cs231n")[0]
    for old, times in (("not there", 0), ("import numpy", 1), ("Wx", 2)):
        source, wrong = "import numpy as np\nWx = Wx\n", msgspec.structs.replace(row, edits=(Edit(old, "x"),))
        if times == 1:
            assert catalogue.apply(source, wrong) == "x as np\nWx = Wx\n"
        else:
            with pytest.raises(ValueError, match=f"{row.id}: expected '{old}' exactly once.* found {times}"):
                catalogue.apply(source, wrong)


def test_edits_do_not_see_what_other_edits_wrote() -> None:
    row = msgspec.structs.replace(catalogue.misconceptions("cs231n")[0], edits=(Edit("a", "b"), Edit("b", "a")))
    assert catalogue.apply("a b", row) == "b a"


def test_an_unknown_assignment_has_no_misconceptions() -> None:
    assert catalogue.misconceptions("unheard_of") == ()


def test_the_page_is_current() -> None:
    page = (ROOT / "docs" / "misconceptions.md").read_text(encoding="utf-8")
    assert page == catalogue.page(), "make it again: python -m reference_impls.catalogue > docs/misconceptions.md"


def test_importing_the_catalogue_imports_no_array_library() -> None:
    import subprocess
    import sys

    program = "import sys; import reference_impls.catalogue; print(sorted({'numpy', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


# --- what a mistake changes, found by running it ---------------------------------------------------------------------

GRIDS = {
    "rnn_step": [{"N": n, "D": d, "H": h} for n in (1, 2) for d in (1, 2) for h in (1, 2, 3)],
    "rnn": [{"N": n, "T": t, "D": d, "H": h} for n in (1, 2) for t in (1, 2, 3) for d in (1, 2) for h in (1, 2)],
    "forward": [{"T": t, "D": d} for t in (1, 2, 3, 4) for d in (1, 2, 3, 4)],
    "bigram": [{"T": t, "V": v} for t in (1, 2, 3, 4) for v in (1, 2, 3, 4)],
    "scalar": [{"T": t} for t in (1, 2, 3, 4, 5, 6) for _ in range(6)],
    "outputs": [
        *({"T": t, "D": d, "H": h, "O": o} for t in (1, 2, 3) for d in (1, 2) for h in (1, 2) for o in (1, 2)),
        {"T": 4, "D": 2, "H": 3, "O": 2},
    ],
    "last_step": [{"T": t, "D": d, "H": h, "O": 1} for t in (1, 2, 3) for d in (1, 2) for h in (1, 2, 3)],
    "cell": [{"N": n, "D": d, "H": h} for n in (1, 2) for d in (1, 2) for h in (1, 2, 3)],
    "word_embedding": [
        dict(zip("NTVD", s, strict=True)) for s in itertools.product((1, 2), (1, 2, 3), (1, 2, 3), (1, 2))
    ],
    "lstm_step": [{"N": n, "D": d, "H": h} for n in (1, 2) for d in (1, 2) for h in (1, 2, 3)],
    "lstm": [{"N": n, "T": t, "D": d, "H": h} for n in (1, 2) for t in (1, 2, 3) for d in (1, 2) for h in (1, 2)],
    "temporal_affine": [
        dict(zip("NTDM", s, strict=True)) for s in itertools.product((1, 2), (1, 2, 3), (1, 2, 3), (1, 2))
    ],
    "temporal_softmax": [
        dict(zip("NTV", s, strict=True)) for s in (*itertools.product((1, 2), (1, 2, 3), (1, 2, 3)), (4, 6, 5))
    ],
    **{
        f"captioning_{cell}": [
            dict(zip("NTVDWH", s, strict=True))
            for s in (
                *itertools.product((1, 2), (2, 3), (3,), (1,), (1,), (1, 2)),
                *((1, 4, 4, 2, 1, 2), (2, 3, 5, 2, 3, 2), (3, 6, 5, 2, 3, 4)),
            )
        ]
        for cell in ("rnn", "lstm")
    },
    **{
        f"sampling_{cell}": [
            dict(zip("NSVDWH", s, strict=True))
            for s in (
                *itertools.product((1, 2), (1, 2, 3), (3,), (1,), (1,), (1, 2)),
                *((1, 4, 4, 2, 1, 2), (2, 3, 5, 2, 3, 2), (3, 6, 8, 2, 3, 4), (4, 6, 8, 5, 5, 5)),
            )
        ]
        for cell in ("rnn", "lstm")
    },
    "classifier": [
        dict(zip("NTDHOL", sizes, strict=True))
        for sizes in (
            *itertools.product((1, 2), (1, 2), (1,), (1,), (1,), (1, 2, 3)),
            *((1, 1, 1, 2, 1, 1), (1, 1, 1, 2, 1, 2), (1, 2, 2, 1, 1, 1), (1, 1, 2, 2, 2, 1), (2, 1, 2, 2, 2, 2)),
            *((2, 3, 2, 2, 2, 2), (2, 2, 2, 2, 2, 3), (3, 4, 2, 2, 5, 1), (3, 4, 2, 5, 6, 3), (2, 3, 3, 2, 2, 5)),
        )
    ],
}
"""Shapes, simplest first; of other groups `_grid` makes them."""
LARGE = 4
"""Exponent of an upstream gradient that any clipping would touch."""


def _grid(group: Group) -> list[dict[str, int]]:
    """Every shape of one or two in each dimension, and of three in one of them: the time, or the last one named."""
    three = "T" if "T" in group.dims else list(group.dims)[-1]
    sizes = [range(low, min(high, low + 1 + (name == three)) + 1) for name, (low, high) in group.dims.items()]
    return [dict(zip(group.dims, shape, strict=True)) for shape in itertools.product(*sizes)]


@functools.cache
def _cases(assignment: str, entry: str) -> list[Case]:
    contract = registry.get(assignment)
    group = contract.entry_point(entry).group
    shapes = GRIDS.get(group) or _grid(contract.group(group))
    large = Case(dims=shapes[-1], upstream_exponent=LARGE, seed=7)
    plain = [Case(dims=d, seed=n, dtype=dtype) for n, d in enumerate(shapes) for dtype in contract.dtypes]
    scores = (
        [Case(dims=shapes[-1], scale="saturating", seed=n) for n in (7, 8)]
        if contract.group(group).has("scores")
        else []
    )
    markers = contract.group(group).has("markers")
    shuffled = [Case(dims=d, markers="shuffled", seed=n) for n, d in enumerate(8 * shapes[-2:]) if markers]
    return [*plain, large, *scores, *shuffled]


def _names(assignment: str) -> list[str]:
    return [e.name for e in registry.get(assignment).entry_points]


def _tolerance(case: Case) -> float:
    return 1e-11 if case.dtype == "float64" else 1e-4


@functools.cache
def _edited(assignment: str, wrong: Misconception) -> ModuleType:
    return module_of(catalogue.apply(catalogue.source(assignment), wrong), f"{assignment}.{wrong.id}")


_outcomes: dict[tuple[str, str, str, str], Arrays | None] = {}


def _outcome(assignment: str, wrong: Misconception | None, entry: str, case: Case) -> Arrays | None:
    key = (assignment, wrong.id if wrong else "", entry, repr(case))
    if key not in _outcomes:
        code = _edited(assignment, wrong) if wrong else model(assignment)
        _outcomes[key] = run(assignment, code, registry.get(assignment).entry_point(entry), case)
    return _outcomes[key]


def _differs(assignment: str, wrong: Misconception, entry: str, case: Case) -> bool:
    right = _outcome(assignment, None, entry, case)
    assert right is not None
    return not same(_outcome(assignment, wrong, entry, case), right, _tolerance(case))


def _differs_anywhere(assignment: str, wrong: Misconception, entry: str) -> bool:
    return any(_differs(assignment, wrong, entry, c) for c in _cases(assignment, entry))


OPERATORS = {">=": operator.ge, "=": operator.eq, "!=": operator.ne}


def _claimed(shows_at: str, entry: str, case: Case) -> bool:
    """Whether `shows_at` claims that a mistake shows on this case."""
    return any(all(_holds(condition, entry, case) for condition in way.split()) for way in shows_at.split(" or "))


def _holds(condition: str, entry: str, case: Case) -> bool:
    if condition in ("any", "by_chance"):
        return True
    if condition in ("float32", "float64"):
        return case.dtype == condition
    if condition == "large_scores":
        return case.scale == "saturating"
    if condition == "shuffled":
        return case.markers == "shuffled"
    if condition == "large_upstream":
        return case.upstream_exponent == LARGE
    name, sign, size = re.fullmatch(r"(\w+?)(>=|!=|=)(\w+)", condition).groups()  # type: ignore[union-attr]
    if name == "calls":
        return entry == "RNNCell.backward"
    if name not in case.dims:
        return False
    return bool(OPERATORS[sign](case.dims[name], case.dims[size] if size in case.dims else int(size)))
