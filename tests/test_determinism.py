"""`--seed` fixes everything: two runs write byte-identical reports, but for the field `seconds`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from grading import DEEP
from reference_impls import catalogue

ROOT = Path(__file__).parent.parent
SECONDS = re.compile(rb'\n  "seconds": \{[^}]*\}')
CHANGED = {
    "quiz10": "step.db_mean",
    "cs187": "fwd.tanh",
    "cs231n": "seq.overwrite_all",
    "lab9": "out.overwrite_dV",
    "mytorch": "cell.b_sum",
}
"""A misconception of every assignment."""
ONLY = [word for pattern in ("rnn_*", "RNNCell*", "forward") for word in ("--only", pattern)]
"""Some entry points of every assignment: the others cost time and say nothing new."""
UNSTEADY = """
_backward = rnn_backward
def rnn_backward(dh, cache):
    found = _backward(dh, cache)
    return (found[0] * (1 + (np.random.rand() < 0.5)), *found[1:]) if dh.shape[1] > 1 else found
"""
SELDOM = """
_step = rnn_step_forward
def rnn_step_forward(x, *rest):
    if x.shape[0] > 2: raise ValueError({"a", "b", "c", x.shape})
    return _step(x, *rest)
"""


def _submissions(folder: Path) -> None:
    """Wrong programs of every assignment: a mistake; an exception that has a set in its words; chance."""
    for assignment, wrong in CHANGED.items():
        mistake = next(m for m in catalogue.misconceptions(assignment) if m.id == wrong)
        place = folder / assignment
        place.mkdir(parents=True)
        (place / "wrong.py").write_text(catalogue.apply(catalogue.source(assignment), mistake))
    (folder / "quiz10" / "seldom.py").write_text(catalogue.source("quiz10") + SELDOM)
    (folder / "cs231n" / "unsteady.py").write_text(catalogue.source("cs231n") + UNSTEADY)
    if DEEP:
        shutil.copytree(ROOT / "submissions", folder, dirs_exist_ok=True)


def _graded(folder: Path, out: Path, hash_seed: str) -> dict[str, bytes]:
    """The bytes of every report of one run, without the times."""
    command = [sys.executable, "-m", "harness", "grade", str(folder), "--out", str(out), "--seed", "fixed", "--quiet"]
    done = subprocess.run(
        [*command, "--cases", "30" if DEEP else "12", "--jobs", "2", *ONLY],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("report.json"))}
    assert all(len(SECONDS.findall(data)) == 1 for data in found.values())
    return {name: SECONDS.sub(b"", data) for name, data in found.items()}


def test_two_runs_write_the_same_reports_but_for_the_seconds(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    _submissions(folder)
    one, other = (_graded(folder, tmp_path / f"out{seed}", seed) for seed in ("1", "2"))
    assert len(one) >= len(CHANGED) + 2
    assert {name for name in one if one[name] != other[name]} == set()
    assert b'"status": "nondeterministic"' in one["cs231n/unsteady/report.json"]
    assert b"ValueError" in one["quiz10/seldom/report.json"]
