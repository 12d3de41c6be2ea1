"""What is particular to the lab on RNN calculations: forms of arguments, kinks, float32 buffers, cells cut out."""

from pathlib import Path

import numpy as np
import pytest

from grading import entry, grade_file, impatient
from harness.assignments import registry
from harness.cases import drawing
from harness.cases.case import Case
from harness.cases.filling import inputs
from harness.oracles import bank
from harness.report import Report

ROOT = Path(__file__).parent.parent
LAB = registry.get("cs187")
MODEL = (ROOT / "reference_impls" / "cs187" / "model.py").read_text()


def graded(tmp_path: Path, text: str) -> Report:
    path = tmp_path / "lab.py"
    path.write_text(text)
    return grade_file(path, "cs187")


def edited(tmp_path: Path, *edits: tuple[str, str]) -> Report:
    text = MODEL
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return graded(tmp_path, text)


def gradient(body: str) -> str:
    """The model solution with another dL_dU."""
    return MODEL[: MODEL.index("def dL_dU")] + "def dL_dU(U, V, W, xs, h0):\n" + body


# --- forms -----------------------------------------------------------------------------------------------------------


def test_a_sequence_comes_as_a_tensor_in_some_cases_and_as_a_list_in_others() -> None:
    cases = drawing.cases(LAB, LAB.group("forward"), "0", 44)
    as_list = [bool(inputs(case, LAB.group("forward"))["as_list"]) for case in cases]
    assert 10 <= sum(as_list) <= 34
    assert inputs(cases[3], LAB.group("forward"))["as_list"] == as_list[3]


def test_forward_has_to_take_both(tmp_path: Path) -> None:
    for only, message in (("input.reshape(-1, dim)", "'list' object"), ("[] + input", "can only concatenate list")):
        report = entry(edited(tmp_path, ("for x in input:", f"for x in {only}:")), "forward")
        assert report.status == "error"
        assert message in report.checks[0].message


@pytest.mark.parametrize(
    "result", ["probability", "probability.reshape(1)", "float(probability)", "probability[None, None]"]
)
def test_a_probability_may_be_a_number_or_a_tensor_of_one_element(tmp_path: Path, result: str) -> None:
    assert edited(tmp_path, ("return probability", f"return {result}")).passed


def test_a_probability_a_word_is_no_single_element(tmp_path: Path) -> None:
    report = entry(
        edited(tmp_path, ("return probability", "return probability * torch.ones(2)")), "sequence_probability"
    )
    assert report.status == "error"


@pytest.mark.parametrize(
    "body",
    [
        "    U, V, W, h0 = U[0], V[0], W[0], h0[0]\n    xs = torch.cat(xs)\n",
        "    xs = torch.stack(xs)\n",
        "    xs = xs.tolist()\n",
        "    xs = [float(x) for x in xs]\n",
        "    xs = [] + xs\n",
    ],
    ids=["tensors of one element", "a list of numbers", "a tensor", "anything", "a list"],
)
def test_scalars_come_in_the_form_the_code_can_take(tmp_path: Path, body: str) -> None:
    text = gradient(body + "    N = len(xs) - 1\n" + MODEL[MODEL.index("    h, active = [h0], []") :])
    found = entry(graded(tmp_path, text), "dL_dU")
    assert (found.status, found.points.earned) == ("pass", 3.0), found.checks


def test_code_that_takes_no_form_is_told_about_the_first(tmp_path: Path) -> None:
    report = entry(graded(tmp_path, gradient("    raise ValueError(type(xs).__name__)\n")), "dL_dU")
    assert report.checks[0].message.startswith("ValueError: Tensor (")


def test_an_rnn_of_any_hidden_size_will_do_and_one_of_the_wrong_output_size_is_told_so(tmp_path: Path) -> None:
    wide = "torch.eye(len(T) + 2, len(T)), torch.zeros(len(T) + 2, len(T) + 2), torch.cat([T.T, T.T[:, [0, 0]]], 1)"
    assert (
        entry(
            edited(tmp_path, ("    return U, V, W\n\n\ndef dL", f"    return {wide}\n\n\ndef dL")), "bigram_rnn"
        ).status
        == "pass"
    )
    row = entry(edited(tmp_path, ("W = T.T", "W = T.T[:1]")), "bigram_rnn")
    assert row.status == "error"
    assert "an output has shape (1,); expected (2,): one probability a word" in row.checks[0].message


# --- what is asked for -----------------------------------------------------------------------------------------------


def test_what_is_optional_is_not_missed(tmp_path: Path) -> None:
    report = graded(tmp_path, MODEL[: MODEL.index("def bigram_rnn")])
    assert [e.name for e in report.entry_points] == ["forward", "sequence_probability"]
    assert report.passed
    assert report.score.earned == report.score.possible == 5.0


def test_what_is_asked_for_is_missed(tmp_path: Path) -> None:
    report = graded(tmp_path, MODEL[MODEL.index("def sequence_probability") :].join(["import torch\n\n\n", ""]))
    assert entry(report, "forward").status == "missing"


def test_nothing_optional_is_charged_to_a_submission_that_never_loads(tmp_path: Path) -> None:
    text = MODEL[: MODEL.index("def bigram_rnn")] + "while True: pass\n"
    (tmp_path / "lab.py").write_text(text)
    report = grade_file(tmp_path / "lab.py", impatient("cs187"))
    assert [(e.name, e.status) for e in report.entry_points] == [
        ("forward", "timeout"),
        ("sequence_probability", "timeout"),
    ]
    assert report.score.possible == 5.0


def test_cells_cut_out_of_the_notebook_find_what_it_had_set_up(tmp_path: Path) -> None:
    text = MODEL[MODEL.index("def forward") :].replace("torch.zeros(dim)", "torch.zeros(dim, device=device)")
    assert "import" not in text
    assert graded(tmp_path, text).passed


def test_a_device_and_a_default_dtype_of_ones_own_are_kept(tmp_path: Path) -> None:
    own = "import torch\ntorch.set_default_dtype(torch.float32)\ndevice = torch.device('cpu')\n"
    assert graded(tmp_path, own + MODEL.replace("torch.zeros(dim)", "torch.zeros(dim, device=device)")).passed


# --- precision -------------------------------------------------------------------------------------------------------

FLOAT32 = ("h = torch.zeros(dim)", "h = torch.zeros(dim, dtype=torch.float32)")


def test_explicit_float32_buffers_are_a_matter_of_precision(tmp_path: Path) -> None:
    report = edited(tmp_path, FLOAT32)
    found = entry(report, "forward")
    assert (found.status, found.points.earned) == ("precision", 3.0)
    assert report.passed


def test_what_is_wrong_in_float32_too_fails(tmp_path: Path) -> None:
    found = entry(edited(tmp_path, FLOAT32, ("logits.append(W @ h)", "logits.append(relu(W @ h))")), "forward")
    assert (found.status, found.points.earned) == ("fail", 0.0)


def test_what_raises_in_both_is_an_error(tmp_path: Path) -> None:
    found = entry(edited(tmp_path, ("h = torch.zeros(dim)", "h = torch.zeros(dim, dtype=torch.float16)")), "forward")
    assert found.status == "error"


# --- kinks -----------------------------------------------------------------------------------------------------------

AT_A_KINK = {"0": "a > 0", "1": "a >= 0", "1/2": "0.5 * ((a > 0).double() + (a >= 0).double())"}


def kinks() -> list[Case]:
    """Cases whose first state is zero, and U too, so that every pre-activation is."""
    return [Case(dims={"T": steps}, kink=True, state="zero", seed=seed) for steps in (1, 2, 5) for seed in range(4)]


def test_there_are_cases_with_a_kink_in_every_bank() -> None:
    for seed in ("0", "one", "two"):
        cases = drawing.cases(LAB, LAB.group("scalar"), seed, 44)
        assert any(case.kink and case.state == "zero" for case in cases)
        assert sum(not case.kink for case in cases) > len(cases) / 2


def test_at_a_kink_the_oracles_agree_within_what_either_derivative_gives() -> None:
    unsure = 0
    for case in kinks():
        known = bank.truth(LAB, "scalar", case)
        given = known.inputs
        other = -2 * given["xs"][1:] * given["W"] * given["xs"][:-1]  # relu' = 1 and V = 0 at the first step alone
        assert known.expected["dU"] == 0.0
        if case.dims["T"] == 1:
            assert abs(other[0]) <= known.allowed["dU"]
        unsure += known.allowed["dU"] > 1e-3
    assert unsure >= 6


@pytest.mark.parametrize("derivative", AT_A_KINK)
def test_at_a_kink_any_derivative_between_the_two_passes(tmp_path: Path, derivative: str) -> None:
    found = entry(edited(tmp_path, ("a > 0", AT_A_KINK[derivative])), "dL_dU")
    assert (found.status, found.points.earned) == ("pass", 3.0)
    assert found.checks[0].failed == 0
    assert found.checks[0].not_judged > 0


def test_at_a_kink_what_no_derivative_gives_fails(tmp_path: Path) -> None:
    found = entry(edited(tmp_path, ("a > 0", "1.0 * (a > 0) - 9 * (a == 0)")), "dL_dU")
    assert found.status == "fail"
    assert 0 < found.checks[0].failed < 10


def test_numbers_that_are_zero_without_a_kink_are_judged() -> None:
    group = LAB.group("scalar")
    shut = [bank.truth(LAB, "scalar", Case(dims={"T": 1}, seed=seed)) for seed in range(20)]
    zero = [known for known in shut if known.expected["dU"] == 0.0]
    assert zero
    assert all(np.all(known.allowed["dU"] < 1e-300) for known in zero)
    assert group.objective == "loss"
