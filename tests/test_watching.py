"""`harness check --watch`: every change is seen once, and only what it can reach is checked again."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.assignments import registry
from harness.commands import watching
from harness.dependence import digests
from reference_impls import catalogue

LAB9, CS231N = registry.get("lab9"), registry.get("cs231n")
MODEL = catalogue.source("lab9")
CS = catalogue.source("cs231n")


def reached(assignment, before: str, after: str) -> set[str]:  # type: ignore[no-untyped-def]
    one, other = (digests(assignment, {"a.py": text.encode()}) for text in (before, after))
    return {name for name in one if one[name] != other[name]}


def test_a_function_reaches_itself_and_what_is_built_on_it() -> None:
    assert reached(LAB9, MODEL, MODEL.replace("slope = 2 * error", "slope = error")) == {"mse_last_step"}
    step = CS.replace("da = dnext_h * (1 - next_h ** 2)", "da = dnext_h")
    assert reached(CS231N, CS, step) >= {"rnn_step_backward", "rnn_backward", "CaptioningRNN.loss[rnn]"}
    assert not reached(CS231N, CS, step) & {"rnn_step_forward", "lstm_backward", "word_embedding_forward"}


def test_what_stands_outside_functions_reaches_everything() -> None:
    names = {e.name for e in LAB9.entry_points}
    assert reached(LAB9, MODEL, MODEL + "\nEPSILON = 1e-8\n") == names
    assert reached(LAB9, MODEL, MODEL + "\ndef broken(:\n") == names


def test_a_helper_reaches_those_who_use_it_however_far() -> None:
    text = "def a(): return 1\ndef b(): return globals()['a']()\ndef rnn_forward(): return b()\n"
    assert reached(LAB9, text, text.replace("return 1", "return 2")) >= {"rnn_forward"}
    assert reached(LAB9, text, text + "def c(): pass\n") == set()


def test_comments_and_spaces_reach_nothing() -> None:
    assert reached(LAB9, MODEL, "# mine\n" + MODEL.replace("\n\n\n", "\n\n\n\n")) == set()


def seen(place: Path, *changes: object) -> list[str]:
    """What is seen of a file on which, between looks, these things are done."""
    steps = list(changes)

    def pause(_: float) -> None:
        if not steps:
            raise KeyboardInterrupt
        if isinstance(change := steps.pop(0), bytes):
            place.write_bytes(change)
        elif change == "remove":
            place.unlink()

    found: list[str] = []
    with contextlib.suppress(KeyboardInterrupt):
        for state in watching.saved(place, pause):
            found += [state if isinstance(state, str) else state.files[0].data.decode()]
    return found


def test_every_change_is_seen_once_and_when_it_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    place.write_bytes(b"one")
    assert seen(place, None, b"hal", b"half of", b"two", None, None) == ["one", "two"]


def test_a_file_that_is_away_for_long_is_told_and_taken_up_again(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    place.write_bytes(b"one")
    first, away, last = seen(place, "remove", None, b"one", None, None)
    assert (first, last) == ("one", "one")
    assert "cannot be read" in away


def test_only_what_changed_is_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.cli import app

    place = tmp_path / "lab.py"
    place.write_text(MODEL)
    changes = iter([MODEL.replace("slope = 2 * error", "slope = error"), "# hm\n" + MODEL, "def rnn_forward(x:\n"])
    real = watching.saved

    def hurried(path: Path):  # type: ignore[no-untyped-def]
        looks = iter(range(100))

        def pause(_: float) -> None:
            if next(looks) % 3 == 0:
                text = next(changes, None)
                if text is None:
                    raise KeyboardInterrupt
                path.write_text(text)

        return real(path, pause)

    monkeypatch.setattr(watching, "saved", hurried)
    result = CliRunner().invoke(app, ["check", str(place), "-a", "lab9", "--cases", "4", "--watch"])
    first, second, third, fourth = result.output.split("── ")[1:]
    assert result.exit_code == 0, result.output
    assert "all 3 entry points are right" in first
    assert "mse_last_step" in second
    assert "Not touched by the change: ✓ rnn_forward, ✓ rnn_backward" in second
    assert "Not touched" in third
    assert "SyntaxError" in fourth or "could not be imported" in fourth.lower()
    assert "Traceback" not in result.output
