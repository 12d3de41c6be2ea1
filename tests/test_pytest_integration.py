"""`pytest --submission PATH` gives one test per entry point and property, in the report's words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODEL = (ROOT / "reference_impls" / "cs231n" / "model.py").read_text()


def _pytest(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", f"--submission={path}", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_right_submission_passes_every_property(tmp_path: Path) -> None:
    path = tmp_path / "rnn_layers.py"
    path.write_text(MODEL)
    done = _pytest(path, "--assignment", "cs231n", "-k", "rnn_step or rnn_forward or rnn_backward or softmax")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rnn_backward::matches_autograd[dWh] PASSED" in done.stdout
    assert "rnn_backward::matches_finite_differences PASSED" in done.stdout
    assert "temporal_softmax_loss::matches_finite_differences PASSED" in done.stdout
    assert "17 passed" in done.stdout


def test_a_wrong_submission_fails_with_the_smallest_case_and_no_frames(tmp_path: Path) -> None:
    path = tmp_path / "rnn_layers.py"
    path.write_text(MODEL.replace("g = g + dh[:, t]", "g = dh[:, t]"))
    done = _pytest(path, "-k", "rnn_step or rnn_backward")
    assert done.returncode == 1
    assert "rnn_backward::matches_autograd[dWh] FAILED" in done.stdout
    assert "rnn_step_backward::matches_autograd[dWh] PASSED" in done.stdout
    assert "smallest case: N=1, T=2, D=1, H=1" in done.stdout
    assert "Traceback" not in done.stdout
    assert "hypothesis" not in done.stdout.lower().split("short test summary")[-1]


def test_backward_functions_alone_are_explored_with_the_printed_cache(tmp_path: Path) -> None:
    source = (ROOT / "reference_impls" / "quiz10" / "model.py").read_text()
    start, end = source.index("def rnn_step_forward"), source.index("def rnn_step_backward")
    path = tmp_path / "quiz.py"
    path.write_text(source[:start] + source[end:])
    only = ("--assignment", "quiz10", "-k", "rnn_step_backward and autograd")
    done = _pytest(path, *only)
    assert done.returncode == 0, done.stdout
    path.write_text(path.read_text().replace("dx = da @ Wx.T", "dx = da @ Wx.T * 2"))
    done = _pytest(path, *only)
    assert "matches_autograd[dx] FAILED" in done.stdout
    assert "1 failed, 4 passed" in done.stdout


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    done = _pytest(tmp_path / "nothing.py")
    assert done.returncode == 4
    assert "nothing.py" in done.stdout + done.stderr


def test_an_isolation_level_that_is_unknown_is_a_usage_error() -> None:
    done = _pytest(ROOT / "reference_impls" / "lab9" / "model.py", "--assignment=lab9", "--submission-isolation=total")
    assert done.returncode == 4
    assert "expected full, restricted, process or strongest" in done.stdout + done.stderr
