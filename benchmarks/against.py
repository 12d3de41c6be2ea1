"""Submissions a second on two cores: the harness, with full reports, and what a course would write otherwise.

Run as `python benchmarks/against.py [SUBMISSIONS]` on a machine with nothing else to do. The others check the four
vanilla functions of cs231n, each submission in a process of its own, two at a time:

- pytest with Hypothesis, which draws shapes and asks PyTorch, as many examples as the harness has cases;
- unittest with five fixed shapes, which asks PyTorch;
- unittest with five fixed shapes and stored answers: no PyTorch, no isolation, no explanation.

Six of ten submissions are right; the others have one mistake each.
"""

from __future__ import annotations

import concurrent.futures
import importlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from tabulate import tabulate

from harness.options import DEFAULT_CASES
from reference_impls import catalogue

CORES = 2
FEWER = {"pytest": 12, "asks": 24, "stored": 100}
"""Submissions that are enough to time the others by."""
FUNCTIONS = {"rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward"}

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


def cohort(folder: Path, size: int) -> list[Path]:
    """One file a submission."""
    source = catalogue.source("cs231n")
    mistakes = [m for m in catalogue.misconceptions("cs231n") if set(m.touches) & FUNCTIONS]
    found = []
    for number in range(size):
        place = folder / f"s{number:04}"
        place.mkdir(parents=True)
        mistake = mistakes[number % len(mistakes)]
        (place / "hw.py").write_text(
            f"# {number}\n" + (catalogue.apply(source, mistake) if number % 10 < 4 else source)
        )
        found.append(place)
    return found


def rate_of(program: str, arguments: list[str], submissions: list[Path], stored: Path) -> float:
    """Submissions a second, each in a process of its own."""

    def one(place: Path) -> None:
        (place / "test_hw.py").write_text(program)
        environment = {**os.environ, "STORED": str(stored), "OMP_NUM_THREADS": "1"}
        subprocess.run([sys.executable, *arguments, "test_hw.py"], cwd=place, env=environment, capture_output=True)

    began = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, submissions))
    return len(submissions) / (time.perf_counter() - began)


def rate_of_harness(folder: Path, size: int) -> float:
    """Submissions a second, reports and gradebook included, bank and all."""
    command = ["-m", "harness", "grade", str(folder), "-a", "cs231n", "--only", "rnn_*", "--jobs", str(CORES), "-q"]
    began = time.perf_counter()
    subprocess.run([sys.executable, *command, "--out", str(folder.parent / "out")], check=True, capture_output=True)
    return size / (time.perf_counter() - began)


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


def main() -> None:
    """Measure and print."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    importlib.import_module("torch")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store(folder / "stored.npz")
        submissions = cohort(folder / "in", size)
        rate_of_harness(folder / "in", size)  # the bank is made here
        (folder / "out").rename(folder / "first")
        ours = rate_of_harness(folder / "in", size)
        stored = folder / "stored.npz"
        found = {
            "pytest, Hypothesis, autograd": rate_of(
                PYTEST, ["-m", "pytest", "-q"], submissions[: FEWER["pytest"]], stored
            ),
            "unittest that asks PyTorch": rate_of(ASKS, [], submissions[: FEWER["asks"]], stored),
            "unittest with stored answers": rate_of(STORED, [], submissions[: FEWER["stored"]], stored),
        }
    rows = [["harness", ours, 1.0], *([name, rate, ours / rate] for name, rate in found.items())]
    heads = ["two cores", "submissions per second", "harness is so many times as fast"]
    print(tabulate(rows, heads, tablefmt="github", floatfmt=".2f"))


if __name__ == "__main__":
    main()
