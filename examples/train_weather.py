r"""Trains lab 9's network on a made-up weather series: the next hour's temperature from the last 24 readings.

    python examples/train_weather.py [SUBMISSION] --out PICTURE.png

The gradients are those of the submission's own `mse_last_step`, which runs in a worker. Wrong ones train worse, or not
at all; docs/pictures/training.png is made with

    python examples/train_weather.py --out docs/pictures/training.png \
        --mistakes reg.eq35_printed reg.only_last_t reg.eq28_every_t reg.eq34_printed
"""

from __future__ import annotations

from argparse import Namespace

import numpy as np

from training import Array, Arrays, Exercise, Workbench, curves, main, plot, results

WINDOW = 24
HIDDEN = 6
BATCH = 16
RATE = 0.02
PARAMETERS = ("U", "W", "V", "b", "c")


def temperatures(hours: int = 24 * 7 * 12, seed: int = 0) -> Array:
    """Hourly readings, standardised: a daily and a weekly cycle, noise that lasts for hours, noise that does not."""
    rng, hour = np.random.default_rng(seed), np.arange(hours)
    weather = np.zeros(hours)
    for t in range(1, hours):
        weather[t] = 0.9 * weather[t - 1] + 0.02 * rng.standard_normal()
    thermometer = 0.02 * rng.standard_normal(hours)
    series = np.sin(2 * np.pi * hour / 24) + 0.5 * np.sin(2 * np.pi * hour / (24 * 7)) + weather + thermometer
    return np.asarray((series - series.mean()) / series.std())


def starting_parameters(seed: int = 1) -> Arrays:
    """Small random weights, zero biases."""
    rng = np.random.default_rng(seed)
    scales = {"U": 2.0, "W": 0.5 / np.sqrt(HIDDEN), "V": 1.0 / np.sqrt(HIDDEN)}
    shapes = {"U": (HIDDEN, 1), "W": (HIDDEN, HIDDEN), "V": (1, HIDDEN)}
    weights = {name: scale * rng.standard_normal(shapes[name]) for name, scale in scales.items()}
    return {**weights, "b": np.zeros(HIDDEN), "c": np.zeros(1)}


SERIES = temperatures()


def learn(bench: Workbench, parameters: Arrays, rng: np.random.Generator) -> tuple[float, Arrays]:
    """One minibatch of windows: the mean loss and the mean gradients of the student's own `mse_last_step`."""
    starts = rng.integers(0, len(SERIES) - WINDOW, BATCH)
    exercises = [Exercise("mse_last_step", {**window(start), **parameters}) for start in starts]
    found = results(bench, exercises)
    gradients = {name: np.mean([arrays["d" + name] for arrays in found], axis=0) for name in PARAMETERS}
    return float(np.mean([arrays["loss"] for arrays in found])), gradients


def window(start: int) -> Arrays:
    """The 24 readings from `start` on, the one after them, and the state the network starts from."""
    end = start + WINDOW
    return {"x": SERIES[start:end, None], "y_true": SERIES[end : end + 1], "h0": np.zeros(HIDDEN)}


def run(options: Namespace) -> None:
    """Train, and draw where a picture is asked for."""
    losses = curves(options, "lab9", starting_parameters(), learn, RATE)
    if options.out:
        plot(losses, "Next hour's temperature from the last 24", options.out)


if __name__ == "__main__":
    main("Train lab 9's network on a made-up weather series.", 300, run)
