"""Submissions a second on two cores: the harness, with full reports, and what a course would write otherwise.

Run as `python benchmarks/against.py [SUBMISSIONS] [--otter PYTHON]` on a machine with nothing else to do. The others
check the four vanilla functions of cs231n, each submission in a process of its own, two at a time:

- pytest with Hypothesis, which draws shapes and asks PyTorch, as many examples as the harness has cases;
- unittest with five fixed shapes, which asks PyTorch;
- otter-grader, a notebook for each submission, no container, with the five shapes and stored answers; it is left out
  unless `--otter` names a Python that has it (`otter-grader[grading]`, ipykernel, numpy) in an environment of its own;
- unittest with five fixed shapes and stored answers: no PyTorch, no isolation, no explanation.

Six of ten submissions are right; the others have one mistake each.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from composing import ROOT, composed
from harness.options import DEFAULT_CASES
from recording import keep
from timing import graded

CORES = 2
FEWER = {"pytest": 20, "asks": 40, "otter": 20, "stored": 100}
"""Submissions that are enough to time the others by."""

ORACLE = """
import numpy as np, torch

def make(seed, N, T, D, H):
    rng = np.random.default_rng(seed)
    shapes = dict(x=(N, T, D), h0=(N, H), Wx=(D, H), Wh=(H, H), b=(H,), dh=(N, T, H))
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}

def answer(a):
    t = {n: torch.from_numpy(v).requires_grad_(n != "dh") for n, v in a.items()}
    h, hs = t["h0"], []
    for step in range(a["x"].shape[1]):
        h = torch.tanh(t["x"][:, step] @ t["Wx"] + h @ t["Wh"] + t["b"])
        hs.append(h)
    h = torch.stack(hs, 1)
    names = ("x", "h0", "Wx", "Wh", "b")
    return [h.detach().numpy(), *(g.numpy() for g in torch.autograd.grad((h * t["dh"]).sum(), [t[n] for n in names]))]
"""
CHECK = """
def check(hw, a, expected):
    h, cache = hw.rnn_forward(a["x"], a["h0"], a["Wx"], a["Wh"], a["b"])
    np.testing.assert_allclose(h, expected[0], rtol=1e-8, atol=1e-10)
    for got, want in zip(hw.rnn_backward(a["dh"], cache), expected[1:]):
        np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-10)
    first, cache = hw.rnn_step_forward(a["x"][:, 0], a["h0"], a["Wx"], a["Wh"], a["b"])
    np.testing.assert_allclose(first, expected[0][:, 0], rtol=1e-8, atol=1e-10)
    hw.rnn_step_backward(a["dh"][:, 0], cache)
"""
PYTEST = f"""{ORACLE}{CHECK}
import hw
from hypothesis import given, settings, strategies as st
sizes = st.integers(1, 6)
@settings(max_examples={DEFAULT_CASES}, deadline=None, database=None)
@given(st.integers(0, 2**16), sizes, sizes, sizes, sizes)
def test_rnn(seed, N, T, D, H):
    a = make(seed, N, T, D, H)
    check(hw, a, answer(a))
"""
SHAPES = "((1, 1, 1, 1), (2, 3, 1, 2), (3, 4, 5, 7), (1, 4, 3, 2), (3, 3, 3, 3))"
ASKS = f"""{ORACLE}{CHECK}
import hw, unittest
class Test(unittest.TestCase):
    def test_rnn(self):
        for shape in {SHAPES}:
            a = make(0, *shape)
            check(hw, a, answer(a))
unittest.main()
"""
STORED = f"""
import numpy as np, os
{CHECK}
import hw, unittest
kept = np.load(os.environ["STORED"])
class Test(unittest.TestCase):
    def test_rnn(self):
        for number in range(5):
            a = {{n: kept[f"{{number}}.{{n}}"] for n in ("x", "h0", "Wx", "Wh", "b", "dh")}}
            check(hw, a, [kept[f"{{number}}.{{i}}"] for i in range(6)])
unittest.main()
"""


OTTER = """
OK_FORMAT = True
RUN = "import checks\\nchecks.every(rnn_forward, rnn_backward, rnn_step_forward, rnn_step_backward)"
CASE = {"code": ">>> " + RUN.replace("\\n", "\\n>>> "), "hidden": False, "locked": False}
SUITE = {"cases": [CASE], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
test = {"name": "q1", "points": 1, "suites": [SUITE]}
"""
CHECKS = f"""
import types
import numpy as np
{CHECK}
def every(*functions):
    kept = np.load("stored.npz")
    hw = types.SimpleNamespace(**{{f.__name__: f for f in functions}})
    for number in range(5):
        a = {{n: kept[f"{{number}}.{{n}}"] for n in ("x", "h0", "Wx", "Wh", "b", "dh")}}
        check(hw, a, [kept[f"{{number}}.{{i}}"] for i in range(6)])
"""


def rate(one: Callable[[Path], None], submissions: Sequence[Path]) -> float:
    """Submissions a second, each in a process of its own."""
    began = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, submissions))
    return len(submissions) / (time.perf_counter() - began)


def rate_of(program: str, arguments: list[str], submissions: Sequence[Path], stored: Path) -> float:
    """The rate of a Python program beside each submission."""

    def one(place: Path) -> None:
        (place / "test_hw.py").write_text(program)
        environment = {**os.environ, "STORED": str(stored), "OMP_NUM_THREADS": "1"}
        subprocess.run([sys.executable, *arguments, "test_hw.py"], cwd=place, env=environment, capture_output=True)

    return rate(one, submissions)


def rate_of_otter(python: str, submissions: Sequence[Path], stored: Path, folder: Path) -> float:
    """The rate of otter-grader, for notebooks with the same code in one cell."""
    otter = str(Path(python).with_name("otter"))
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "q1.py").write_text(OTTER)
    (folder / "checks.py").write_text(CHECKS)
    (folder / "stored.npz").write_bytes(stored.read_bytes())
    command = [otter, "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment", "checks.py", "stored.npz"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    for place in submissions:
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None}
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = {"cells": [{**cell, "source": (place / "hw.py").read_text()}], "metadata": kernel}
        (place / "hw.ipynb").write_text(json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5}))

    def one(place: Path) -> None:
        command = [otter, "run", "hw.ipynb", "-a", str(folder / "autograder.zip"), "-o", str(place), "--no-logo"]
        environment = {**os.environ, "PATH": f"{Path(python).parent}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
        subprocess.run(command, cwd=place, check=True, env=environment, capture_output=True)

    found = rate(one, submissions)
    scores = [json.loads((place / "results.json").read_text())["tests"][1]["score"] for place in submissions]
    assert len(set(scores)) == 2, f"right and wrong ones should have scores of their own; got {scores}"
    return found


def store(path: Path) -> None:
    """Answers for fixed shapes."""
    oracle: dict[str, object] = {}
    exec(ORACLE, oracle)  # noqa: S102 - our own text, above
    kept: dict[str, object] = {}
    for number, shape in enumerate(eval(SHAPES)):  # noqa: S307 - our own text, above
        arrays = oracle["make"](0, *shape)  # type: ignore[operator]
        kept |= {f"{number}.{name}": value for name, value in arrays.items()}
        kept |= {f"{number}.{i}": value for i, value in enumerate(oracle["answer"](arrays))}  # type: ignore[operator]
    np.savez(path, **kept)  # type: ignore[arg-type]


def others(submissions: Sequence[Path], folder: Path, otter: str) -> dict[str, tuple[float, float]]:
    """The rate of each, and how many times as fast the harness is wanted to be."""
    stored = folder / "stored.npz"
    store(stored)
    found = {
        "pytest, Hypothesis, autograd": (
            rate_of(PYTEST, ["-m", "pytest", "-q"], submissions[: FEWER["pytest"]], stored),
            20.0,
        ),
        "unittest, asks PyTorch": (rate_of(ASKS, [], submissions[: FEWER["asks"]], stored), 10.0),
        "unittest, stored answers": (rate_of(STORED, [], submissions[: FEWER["stored"]], stored), 1.0),
    }
    if otter:
        some = submissions[: FEWER["otter"]]
        found["otter-grader, stored answers"] = rate_of_otter(otter, some, stored, folder / "otter"), 10.0
    else:
        print("otter-grader is left out: --otter names a Python that has it", file=sys.stderr)
    return found


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("submissions", type=int, nargs="?", default=1000)
    parser.add_argument("--otter", default="", metavar="PYTHON")
    asked = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        submissions = composed(folder / "in", asked.submissions)
        few = folder / "few" / "in"
        few.mkdir(parents=True)
        (few / "hw.py").write_text((submissions[-1] / "hw.py").read_text())
        graded(few)  # the bank is made here
        ours = asked.submissions / graded(folder / "in", "--jobs", str(CORES)).wall
        found = others(submissions, folder, asked.otter)
    rows = [
        ["harness, full reports", ours, 1.0, ""],
        *([who, r, ours / r, wanted] for who, (r, wanted) in found.items()),
    ]
    keep("against", ["two cores", "submissions per second", "the harness is so many times as fast", "wanted"], rows)


if __name__ == "__main__":
    main()
