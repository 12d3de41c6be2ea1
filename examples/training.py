"""What the examples share: training with a submission's own gradients, in its worker, and a picture of the losses."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # from a clone, nothing has to be installed

from harness import choosing
from harness import submission as submissions
from harness.assignments import registry
from harness.assignments.contract import Limits
from harness.worker.session import Result
from harness.worker.workbench import Exercise, Workbench
from reference_impls import catalogue

__all__ = ["Array", "Arrays", "Exercise", "Workbench", "curves", "main", "plot", "results"]

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]
Learn = Callable[[Workbench, Arrays, np.random.Generator], tuple[float, Arrays]]
"""One minibatch: the mean loss, and a gradient for every parameter (keyed like the parameters)."""

MODEL = "the model solution"
LIMITS = Limits(wall_submission=1800.0, wall_call=60.0)
MOMENTUM = 0.9
LONGEST = 5.0
"""A longer gradient is shortened to this length, as is usual with recurrent networks."""


class Untrainable(Exception):
    """A submission that cannot be trained, in a sentence that says why."""


@contextmanager
def opened(assignment_id: str, files: dict[str, bytes], path: Path | None = None) -> Iterator[Workbench]:
    """A workbench with one submission on it: the one at `path`, or what is in `files`. Raises `Untrainable`."""
    assignment = msgspec.structs.replace(registry.get(assignment_id), limits=LIMITS)
    try:
        found = submissions.read(path) if path else submissions.Submission("", "", _as_files(files), "")
        entry_files = choosing.entry_files(found, assignment)
    except submissions.Unreadable as error:
        raise Untrainable(str(error)) from error
    with Workbench({file.name: file.data for file in found.files}, entry_files, assignment) as bench:
        yield bench


def results(bench: Workbench, exercises: Sequence[Exercise]) -> list[Arrays]:
    """The arrays every exercise returned. Raises `Untrainable` when one returned none."""
    outcomes = bench.run(exercises)
    for outcome in outcomes:
        if not isinstance(outcome, Result):
            raise Untrainable(f"{exercises[0].operation} cannot be used for training: {outcome}")
    return [dict(outcome.arrays) for outcome in outcomes if isinstance(outcome, Result)]


def train(bench: Workbench, parameters: Arrays, learn: Learn, steps: int, rate: float) -> list[float]:
    """The loss before every step of gradient descent with momentum, from the same minibatches for every submission."""
    rng, losses = np.random.default_rng(9), []
    parameters = {name: array.copy() for name, array in parameters.items()}
    velocity = {name: np.zeros_like(array) for name, array in parameters.items()}
    for _ in range(steps):
        loss, gradients = learn(bench, parameters, rng)
        losses.append(loss)
        scale = min(1.0, LONGEST / (1e-12 + float(np.sqrt(sum(np.sum(g**2) for g in gradients.values())))))
        for name, gradient in gradients.items():
            velocity[name] = MOMENTUM * velocity[name] - rate * scale * gradient
            parameters[name] = parameters[name] + velocity[name]
    return losses


def curves(options: Namespace, assignment_id: str, parameters: Arrays, learn: Learn, rate: float) -> dict[str, Any]:
    """Loss curves by name: the model solution, the submission if there is one, and each mistake made in the model."""
    source = catalogue.source(assignment_id)
    known = {m.id: m for m in catalogue.misconceptions(assignment_id)}
    unknown = [mistake for mistake in options.mistakes if mistake not in known]
    if unknown:
        raise Untrainable(f"no mistake is called {unknown[0]!r}; docs/misconceptions.md lists those of {assignment_id}")
    sources = {MODEL: source} | {known[m].title: catalogue.apply(source, known[m]) for m in options.mistakes}
    runs: dict[str, tuple[dict[str, bytes], Path | None]] = {
        name: ({"model.py": text.encode()}, None) for name, text in sources.items()
    }
    if options.submission:
        runs[str(options.submission)] = ({}, options.submission)
    found = {}
    for name, (files, path) in runs.items():
        with opened(assignment_id, files, path) as bench:
            found[name] = train(bench, parameters, learn, options.steps, rate)
        print(f"{name}: loss {np.mean(found[name][:5]):.3f} at first, {np.mean(found[name][-20:]):.3f} in the end")
    return found


def plot(losses: dict[str, list[float]], title: str, path: Path) -> None:
    """Draw running means of the losses into a picture. Raises `Untrainable` when matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise Untrainable('drawing needs matplotlib: python -m pip install ".[examples]"') from error
    figure = Figure(figsize=(7.5, 5.0), layout="constrained")
    axes = figure.subplots()
    for name, values in losses.items():
        axes.plot(smoothed(values), "-" if name == MODEL else "--", label=name, linewidth=2.4 if name == MODEL else 1.4)
    axes.set(title=title, xlabel="step", ylabel="loss (running mean)", yscale="log")
    figure.legend(loc="outside lower center", fontsize="small", frameon=False)
    axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80, metadata={"Software": None})


def smoothed(values: Sequence[float], window: int = 15) -> Array:
    """The mean of each value and up to `window - 1` before it."""
    return np.array([np.mean(values[max(0, i + 1 - window) : i + 1]) for i in range(len(values))])


def main(what: str, default_steps: int, run: Callable[[Namespace], None]) -> None:
    """Read the command line and run; what cannot be done ends in one sentence."""
    parser = ArgumentParser(description=what)
    parser.add_argument("submission", nargs="?", type=Path, help="a file or folder to train beside the model solution")
    parser.add_argument("--out", type=Path, metavar="PICTURE.png", help="draw the loss curves here (needs matplotlib)")
    parser.add_argument("--steps", type=int, default=default_steps, help="minibatches to learn from (%(default)s)")
    parser.add_argument("--mistakes", nargs="*", default=[], metavar="ID", help="mistakes to train with as well")
    try:
        run(parser.parse_args())
    except Untrainable as error:
        sys.exit(str(error))


def _as_files(files: dict[str, bytes]) -> tuple[submissions.File, ...]:
    return tuple(submissions.File(name, data) for name, data in files.items())
