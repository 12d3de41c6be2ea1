"""`pytest --submission PATH` gives one test per entry point and property, in the report's words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grading import DEEP

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
SLOPES = "my_rnn.py::rnn_backward::matches_finite_differences"


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


def test_several_processes_junit_xml_and_what_failed_last(elsewhere: Path) -> None:
    """One after the other, as each run of pytest takes seconds; at night with Hypothesis in several processes too."""
    chosen, count = ("dU or finite", 4) if DEEP else ("finite", 2)
    code, said = _in(elsewhere, "-n", "2", "--junitxml=results.xml", "-k", chosen, "-v")
    assert (code, f"{count} failed" in said) == (1, True), said
    assert {"[gw0]", "[gw1]"} <= set(said.split())
    (suite,) = ElementTree.parse(elsewhere / "results.xml").getroot()
    counted = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": str(count), "failures": str(count), "errors": "0", "skipped": "0"}
    words = {case.findtext("failure") for case in suite}
    assert "rnn_backward: not the derivative of your own rnn_forward on 6 of 6 cases" in words
    assert not any("Traceback" in (told or "") for told in words)
    (elsewhere / "my_rnn.py").write_text(RIGHT)
    code, said = _in(elsewhere, "--lf", "-v")
    assert (code, f"{SLOPES} PASSED" in said) == (0, True), said
    assert f"{count} passed, {19 - count} deselected" in said
    assert f"rerun previous {count} failures" in said


@pytest.mark.parametrize("ci", ["", "true"], ids=["at home", "in CI"])
def test_ids_markers_and_hypothesis_profiles_choose(elsewhere: Path, ci: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI too, where Hypothesis has defaults of its own."""
    if ci:
        monkeypatch.setenv("CI", ci)
    else:
        monkeypatch.delenv("CI", raising=False)
    ids = ("my_rnn.py::mse_last_step", "my_rnn.py::rnn_backward::matches_autograd[dU]", "my_rnn.py::rnn_forward")
    marked = ("-m", "backward and slopes", "--strict-markers", "--hypothesis-profile=thorough")
    code, said = _in(elsewhere, *ids, *marked, "--collect-only", "-v")
    assert code == 0, said
    assert "hypothesis profile 'thorough' -> database=None, deadline=None, max_examples=2000" in said
    assert "1/19 tests collected (18 deselected)" in said
    assert "mse_last_step::matches_finite_differences" in said


def test_an_id_that_is_none_is_a_usage_error(elsewhere: Path) -> None:
    code, said = _in(elsewhere, "my_rnn.py::rnn_sideways")
    assert (code, "my_rnn.py::rnn_sideways: there is no such test" in said) == (4, True), said


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
