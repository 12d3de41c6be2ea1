"""`pytest --submission PATH` gives one test per entry point and property, in the report's words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

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


RIGHT = (ROOT / "reference_impls" / "lab9" / "model.py").read_text()
WRONG = (ROOT / "submissions" / "lab9" / "s04.py").read_text()
FORWARD = "my_rnn.py::rnn_forward::matches_autograd[y]"
BACKWARD = "my_rnn.py::rnn_backward::matches_autograd[dU]"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with a submission, and with a project of somebody else's around it."""
    (tmp_path / "my_rnn.py").write_text(WRONG)
    (tmp_path / "test_of_somebody.py").write_text("def test_it():\n    raise AssertionError('not asked for')\n")
    return tmp_path


def _in(folder: Path, *options: str) -> tuple[int, str]:
    """pytest in another folder, with the plugin as an installed harness announces it."""
    asked = ["-p", "harness.pytest_plugin", "--submission=my_rnn.py", "--assignment=lab9"]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)},
    )
    return done.returncode, done.stdout + done.stderr


def test_several_processes_agree_and_junit_xml_holds_the_words(elsewhere: Path) -> None:
    code, said = _in(elsewhere, "-n", "2", "--junitxml=results.xml", "-k", "rnn_forward or rnn_backward and dU", "-v")
    assert code == 1, said
    assert "1 failed, 2 passed" in said
    assert {"[gw0]", "[gw1]"} <= set(said.split())
    (suite,) = ElementTree.parse(elsewhere / "results.xml").getroot()
    counted = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "3", "failures": "1", "errors": "0", "skipped": "0"}
    cases = {f"{case.get('classname')}::{case.get('name')}": case for case in suite}
    (words,) = (case.findtext("failure") or "" for name, case in cases.items() if "rnn_backward" in name)
    assert words.startswith("rnn_backward: dU differs from PyTorch's gradient\nsmallest case: T=2, D=1, H=1, O=1")
    assert "Traceback" not in words


def test_what_failed_last_is_run_again_alone_and_so_is_what_is_named_by_its_id(elsewhere: Path) -> None:
    code, said = _in(elsewhere, FORWARD, BACKWARD, "-v")
    assert (code, "1 failed, 1 passed" in said) == (1, True), said
    (elsewhere / "my_rnn.py").write_text(RIGHT)
    code, said = _in(elsewhere, "--lf", "-v")
    assert (code, f"{BACKWARD} PASSED" in said) == (0, True), said
    assert "1 passed, 18 deselected" in said
    assert "rerun previous 1 failure" in said


def test_markers_choose(elsewhere: Path) -> None:
    code, said = _in(elsewhere, "-m", "backward and slopes", "--collect-only", "-q", "--strict-markers")
    assert code == 0, said
    listed = [line for line in said.splitlines() if line.startswith("my_rnn.py::")]
    assert listed == [f"my_rnn.py::{name}::matches_finite_differences" for name in ("rnn_backward", "mse_last_step")]


def test_an_id_that_is_none_is_a_usage_error(elsewhere: Path) -> None:
    code, said = _in(elsewhere, "my_rnn.py::rnn_sideways")
    assert (code, "my_rnn.py::rnn_sideways: there is no such test" in said) == (4, True), said


def test_a_profile_is_loaded_by_the_option_that_hypothesis_has_for_it(elsewhere: Path) -> None:
    code, said = _in(elsewhere, "--hypothesis-profile=thorough", "-v", "--collect-only", "-k", "dU")
    assert code == 0, said
    assert "hypothesis profile 'thorough' -> database=None, deadline=None, max_examples=2000" in said


def test_the_examples_drawn_are_the_profiles(elsewhere: Path) -> None:
    from hypothesis import settings

    from harness import exploring
    from harness.pytest_plugin import PROFILES

    before = settings.get_current_profile_name()
    for name, examples in PROFILES.items():
        settings.register_profile(name, max_examples=examples)
        settings.load_profile(name)
        assert exploring.examples() == examples
    settings.load_profile(before)


def test_without_a_submission_the_plugin_does_nothing(elsewhere: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "harness.pytest_plugin", "-q", "test_of_somebody.py"]
    done = subprocess.run(
        command, cwd=elsewhere, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (done.returncode, "not asked for" in done.stdout) == (1, True)
