"""The examples train with a submission's own gradients: right ones bring the loss down, wrong ones do not."""

from __future__ import annotations

import math
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import train_phonemes
import train_weather
import training

ROOT = Path(__file__).resolve().parent.parent


def _last(values: list[float]) -> float:
    return float(np.mean(values[-10:]))


def _curves(example: Any, assignment: str, mistake: str, steps: int, submission: Path | None = None) -> dict[str, Any]:
    options = Namespace(submission=submission, mistakes=[mistake], steps=steps)
    return training.curves(options, assignment, example.starting_parameters(), example.learn, example.RATE)


@pytest.mark.parametrize(
    ("example", "assignment", "mistake", "steps", "chance"),
    [(train_weather, "lab9", "reg.sign", 40, 1.0), (train_phonemes, "mytorch", "cell.neg", 60, math.log(4))],
    ids=["weather", "phonemes"],
)
def test_the_loss_falls_with_right_gradients_and_not_with_wrong_ones(
    example: Any, assignment: str, mistake: str, steps: int, chance: float
) -> None:
    """`chance` is the loss of a network that has learnt nothing but the average."""
    right, wrong = _curves(example, assignment, mistake, steps).values()
    assert right[0] == wrong[0] > chance
    assert _last(right) < 0.8 * chance
    assert _last(wrong) > 0.95 * chance


def test_a_submission_trains_as_the_model_solution_does() -> None:
    submission = ROOT / "submissions" / "lab9" / "s05"
    found = _curves(train_weather, "lab9", "reg.sign", 5, submission)
    assert found[str(submission)] == pytest.approx(found[training.MODEL])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["submissions/lab9/s03.py"], "mse_last_step cannot be used for training"),
        (["--mistakes", "reg.unheard_of"], "no mistake is called 'reg.unheard_of'"),
        (["nowhere.py"], "nowhere.py: cannot be read"),
    ],
)
def test_what_cannot_be_trained_is_told_in_one_sentence(arguments: list[str], told: str) -> None:
    command = [sys.executable, "examples/train_weather.py", "--steps", "2", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_losses_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "new" / "losses.png"
    training.plot({training.MODEL: [3.0, 2.0, 1.0], "mine": [3.0, 3.5, 4.0]}, "Losses", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_picture_of_the_page_is_small() -> None:
    picture = ROOT / "docs" / "pictures" / "training.png"
    assert picture.stat().st_size < 80_000
    assert "pictures/training.png" in (ROOT / "docs" / "assignments" / "lab9.md").read_text()


def test_a_running_mean_looks_back_only() -> None:
    assert list(training.smoothed([4.0, 2.0, 0.0, 6.0], window=2)) == [4.0, 3.0, 1.0, 3.0]
