"""Variables of a notebook are judged by the notebook's own inputs, and by nothing where those cannot be used."""

import contextlib
import io
import re
from typing import Any

import numpy as np
import pytest
import torch

from harness import values
from harness.assignments import registry
from harness.options import Options
from harness.oracles.bank import GraderFault
from harness.report import EntryPointReport
from harness.wire import Failure, Loaded
from harness.worker.session import Ended, Result

U, V = np.array([[-0.3, 0.6], [0.2, 0.1]]), np.array([[0.4, 0.4], [0.9, -0.7]])
W = np.array([[0.5, -1.0], [2.0, 0.25]])
X1, X2, H0 = np.array([0.0, 1.0]), np.array([1.0, 0.0]), np.zeros(2)
H1 = np.array([0.6, 0.1])
H2 = np.maximum(U @ X2 + V @ H1, 0)
BY_HAND = {"U": U, "V": V, "W": W, "x1": X1, "x2": X2, "h0": H0, "h1": H1, "o1": W @ H1, "h2": H2, "o2": W @ H2}
T = np.array([[0.75, 0.25], [0.375, 0.625]])
TINY = {"T": T, "U": np.eye(2), "V": np.zeros((2, 2)), "W": T.T}
DIFF = {"U_": U, "V_": V, "x1_": X1, "h0_": H0, "U_grad": np.array([[0.0, 1.0], [0.0, 0.0]])}
RIGHT = {"forward_by_hand": BY_HAND, "tiny_bigram_RNN": TINY, "automatic_diff": DIFF}


class Bench:
    """A submission whose checks saw these variables; text stands for what is no array."""

    def __init__(self, seen: dict[str, Any]) -> None:
        self.seen, self.assignment, self.entry_files = seen, registry.get("cs187"), {"forward": "lab.py"}

    def run(self, exercises: list[Any]) -> list[Any]:
        outcome = self.seen[exercises[0].operation]
        if not isinstance(outcome, dict):
            return [outcome]
        texts = {name: v for name, v in outcome.items() if isinstance(v, str)}
        return [Result({name: v for name, v in outcome.items() if name not in texts}, texts)]


def judged(check: str, outcome: Any, **options: Any) -> EntryPointReport:
    (found,) = values.reports(Bench({check: outcome}), Loaded({}, (), snapshots=(check,)), Options(**options))  # type: ignore[arg-type]
    return found


def statuses(report: EntryPointReport) -> dict[str | None, str]:
    return {c.tensor: c.status for c in report.checks}


@pytest.mark.parametrize("check", RIGHT)
def test_right_values_pass(check: str) -> None:
    found = judged(check, RIGHT[check])
    assert (found.name, found.status, found.file) == (check, "pass", "lab.py")
    assert (found.points.earned, found.points.possible) == (1.0, 1.0)


def test_a_check_that_is_never_called_is_not_reported() -> None:
    assert values.reports(Bench({}), Loaded({}, ()), Options()) == []  # type: ignore[arg-type]


def test_what_is_right_follows_from_the_notebooks_own_inputs() -> None:
    other = {**BY_HAND, "x1": np.array([1.0, 1.0])}
    assert statuses(judged("forward_by_hand", other)) == {"h1": "fail", "o1": "fail", "h2": "fail", "o2": "fail"}
    h1 = np.maximum(U @ other["x1"], 0)
    h2 = np.maximum(U @ X2 + V @ h1, 0)
    assert judged("forward_by_hand", {**other, "h1": h1, "h2": h2, "o1": W @ h1, "o2": W @ h2}).status == "pass"


def test_only_the_wrong_values_lose_points() -> None:
    found = judged("forward_by_hand", {**BY_HAND, "o2": np.maximum(W @ H2, 0) + 0.5})
    assert statuses(found) == {"h1": "pass", "o1": "pass", "h2": "pass", "o2": "fail"}
    assert (found.status, found.points.earned) == ("fail", 0.75)
    example = found.checks[3].counterexample
    assert example is not None
    assert example.worst is not None
    assert example.worst.expected is not None
    hidden = judged("forward_by_hand", {**BY_HAND, "o2": W @ H2 + 0.5}, hide_expected=True).checks[3].counterexample
    assert hidden is not None
    assert hidden.worst is not None
    assert hidden.worst.expected is None


def _printed(program: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(program, {})  # noqa: S102
    torch.set_printoptions(profile="default")
    return out.getvalue()


@pytest.mark.parametrize(
    ("check", "changed", "yours", "expected"),
    [
        ("forward_by_hand", {"o2": W @ H2 + 0.5}, W @ H2 + 0.5, W @ H2),
        ("tiny_bigram_RNN", {"W": T}, T[:, 0], T[0]),
        ("automatic_diff", {"U_grad": U}, U[0], np.array([0.0, 1.0])),
    ],
)
def test_wrong_values_come_with_a_program_that_shows_them(
    check: str, changed: dict[str, Any], yours: Any, expected: Any
) -> None:
    outcome = {**RIGHT[check], **changed}
    example = next(c.counterexample for c in judged(check, outcome).checks if c.counterexample)
    numbers = [
        [float(n) for n in re.findall(r"-?\d+\.\d*", part)] for part in _printed(example.snippet).split("expected")
    ]
    assert numbers[0][:2] == pytest.approx(yours)
    assert numbers[1][:2] == pytest.approx(expected)
    hidden = next(c.counterexample for c in judged(check, outcome, hide_expected=True).checks if c.counterexample)
    shown = "".join(line for line in example.snippet.splitlines(True) if "expected" not in line)
    assert hidden.snippet.startswith(shown)
    assert hidden.snippet.removeprefix(shown).startswith("# Only your own values are shown")


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"x1": "None"}, "x1"),
        ({"x1": "a value of type list"}, "x1"),
        ({"x1": np.ones(3)}, "x1"),
        ({"x2": np.ones((2, 1))}, "x2"),
        ({"V": np.ones((3, 3))}, "V"),
        ({"U": np.array([[np.nan, 0], [0, 1]])}, "U"),
        ({"W": W + 1j}, "W"),
        ({"h0": np.zeros(0)}, "h0"),
        ({"U": 1e300 * U, "W": 1e300 * W}, "U"),
    ],
)
def test_inputs_that_cannot_be_used_leave_nothing_to_judge_by(changed: dict[str, Any], names: str) -> None:
    found = judged("forward_by_hand", {**BY_HAND, **changed})
    assert found.status == "not_judged"
    assert found.points.earned is None
    assert found.message.startswith(names)
    assert "nothing to judge h1, o1, h2, o2 by" in found.message


def test_an_input_that_is_not_there_is_named() -> None:
    left = {name: v for name, v in BY_HAND.items() if name != "x2"}
    assert "x2" in judged("forward_by_hand", left).message


def test_values_that_are_no_arrays_of_the_right_shape_are_errors() -> None:
    found = judged("forward_by_hand", {**BY_HAND, "h1": "a value of type list", "o1": np.ones((2, 1))})
    assert statuses(found) == {"h1": "error", "o1": "error", "h2": "pass", "o2": "pass"}
    assert "h1 is a value of type list" in found.checks[0].message
    assert "o1 has shape (2, 1), expected (2,)" in found.checks[1].message


@pytest.mark.parametrize("left", ["None", "a value of type ellipsis"])
@pytest.mark.parametrize("check", RIGHT)
def test_a_skeleton_nobody_filled_in_is_not_attempted(check: str, left: str) -> None:
    asked = next(v.variables for v in registry.get("cs187").values if v.entry.name == check)
    found = judged(check, {**RIGHT[check], **dict.fromkeys(asked, left)})
    assert (found.status, found.points.earned) == ("not_attempted", 0.0)


def test_float32_values_of_float64_inputs_are_a_matter_of_precision() -> None:
    rounded = {**BY_HAND, "o2": BY_HAND["o2"].astype(np.float32), "h2": BY_HAND["h2"].astype(np.float32)}
    found = judged("forward_by_hand", rounded)
    assert (found.status, found.points.earned) == ("precision", 1.0)
    single = {name: v.astype(np.float32) for name, v in BY_HAND.items()}
    assert judged("forward_by_hand", single).status == "pass"


def test_the_tiny_bigram_model_is_judged_by_what_it_outputs() -> None:
    assert judged("tiny_bigram_RNN", {**TINY, "U": T.T, "W": np.eye(2)}).status == "pass"
    wide = {"U": np.eye(3, 2), "V": np.zeros((3, 3)), "W": np.concatenate([T.T, [[7], [8]]], axis=1)}
    assert judged("tiny_bigram_RNN", {**TINY, **wide}).status == "pass"
    assert judged("tiny_bigram_RNN", {**TINY, "W": T}).status == "fail"
    assert judged("tiny_bigram_RNN", {**TINY, "V": np.eye(2)}).status == "fail"
    apart = judged("tiny_bigram_RNN", {**TINY, "V": np.zeros((3, 3))})
    assert (apart.status, apart.points.earned) == ("error", 0.0)
    assert "U, V, W do not fit together" in apart.checks[0].message
    assert judged("tiny_bigram_RNN", {**TINY, "W": "None"}).status == "error"


def test_the_gradient_is_of_the_first_element_by_the_whole_matrix() -> None:
    for wrong in (DIFF["U_grad"][::-1], DIFF["U_grad"].T, np.array([[0.0, 1.0], [0.0, 1.0]]), np.zeros((2, 2))):
        assert judged("automatic_diff", {**DIFF, "U_grad": wrong}).status == "fail"


def test_at_a_kink_either_derivative_will_do() -> None:
    bent = {**DIFF, "U_": np.zeros((2, 2))}
    for factor in (0.0, 0.5, 1.0):
        found = judged("automatic_diff", {**bent, "U_grad": factor * DIFF["U_grad"]})
        assert (found.status, found.points.earned) == ("not_judged", None)
    assert judged("automatic_diff", {**bent, "U_grad": DIFF["U_grad"].T}).status == "fail"


@pytest.mark.parametrize("outcome", [Failure("Missing", "gone"), Ended("it ran out of memory")])
def test_what_raises_or_ends_is_an_error(outcome: Any) -> None:
    found = judged("forward_by_hand", outcome)
    assert (found.status, found.points.earned) == ("error", 0.0)
    assert found.message


def test_a_rubric_may_weigh_values(tmp_path: Any) -> None:
    from harness import rubric

    path = tmp_path / "rubric.toml"
    path.write_text("[points]\nforward_by_hand = 4\n[tensors.forward_by_hand]\no2 = 5\n")
    loaded = rubric.load(path, [registry.get("cs187")])
    found = judged("forward_by_hand", {**BY_HAND, "o2": H2 + 1}, rubric=loaded)
    assert (found.points.earned, found.points.possible) == (1.5, 4.0)


def test_oracles_that_disagree_are_the_graders_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.assignments.cs187 import definition

    monkeypatch.setitem(definition.VALUES, "automatic_diff", lambda given: {"U_grad": given["U_"]})
    with pytest.raises(GraderFault, match="disagree about U_grad"):
        judged("automatic_diff", DIFF)
