"""What a person types, and what they get: messages and exit codes. Most of it runs the real engine."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

import harness
from harness.cli import app
from harness.ending import exit_code
from harness.report import EntryPointReport, Points, Report, Seconds, SubmissionInfo, decode

ROOT = Path(harness.__file__).parent.parent
MODEL = ROOT / "reference_impls"
HEAD = "import numpy as np\n"


def harness_run(*arguments):
    """Run the command line in this process; no traceback may ever be seen."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def right(tmp_path):
    """A right submission for cs231n."""
    return Path(shutil.copy(MODEL / "cs231n" / "model.py", tmp_path / "right.py"))


@pytest.fixture
def wrong(tmp_path, right):
    """The right one with the gradient of one weight left out of the sum over time."""
    text = right.read_text()
    assert "dWh = dWh + prev.T @ da" in text
    path = tmp_path / "wrong.py"
    path.write_text(text.replace("dWh = dWh + prev.T @ da", "dWh = prev.T @ da"))
    return path


def flat(text):
    return " ".join(text.split())


# usage: no engine needed


@pytest.mark.parametrize("command", [[], ["check"], ["grade"], ["assignments"]])
def test_help_is_there_for_every_command(command):
    result = harness_run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output


def test_help_shows_examples_and_exit_codes():
    for command in ("check", "grade"):
        text = harness_run(command, "--help").output
        assert f"harness {command} " in text
        assert "Exit code: 0" in text


def test_the_version_is_told_without_a_command():
    result = harness_run("--version")
    assert (result.exit_code, result.output) == (0, f"harness {harness.__version__}\n")


def test_assignments_are_listed_with_signatures_points_and_conventions():
    text = harness_run("assignments").output
    for expected in (
        "quiz10: ",
        "3 points  rnn_backward(dh (N,T,H), cache)",
        "RNNCell.backward(delta (B,H)",
        "averaged over the batch",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "nowhere.py"], "nowhere.py is not there"),
        (["check", "x" * 5000], "is not"),
        (["check", "a.py", "--assignment", "cs999"], "unknown assignment 'cs999'; known are cs187"),
        (["check", "a.py", "--rubric", "nowhere.toml"], "rubric nowhere.toml: cannot be read"),
        (["check", "a.py", "--rubric", "bad.toml"], "not valid TOML"),
        (["check", "a.py", "--rubric", "unknown.toml"], "known are"),
        (["check", "a.py", "--cases", "0"], "--cases"),
        (["check", "a.py", "--format", "pdf"], "Invalid value for '--format': 'pdf' is not one of 'text', 'json'"),
        (["kit", "student", "lab9", "--form", "tar"], "Invalid value for '--form': 'tar' is not one of 'zip', 'wheel'"),
        (["check", "a.py", "--out", "a.py"], "reports cannot go into a.py: a.py is no folder; name another with --out"),
        (["ci", "--each", "a.py"], "a.py is a file; --each is about folders"),
        (["audit", "lab9", "--right", "a.py"], "a.py is a file; expected a folder"),
        (["check", "a.py", "--only", "rnn_fowrard"], "mytorch, quiz10; did you mean rnn_forward"),
        (["check", "a.py", "-a", "cs231n", "--only", "RNNCell.*"], "no entry point of cs231n; known are rnn_step"),
        (["check", "a.py", "--no-such-option"], "No such option"),
        (["check"], "PATH"),
        (["check", "a.py"], "defines nothing that an assignment asks for"),
        (["check", "both.py"], "it could belong to cs231n, quiz10"),
        (["grade", "nowhere"], "nowhere is not there"),
        (["grade", "a.py"], "harness check a.py"),
        (["grade", "empty"], "empty holds no submissions"),
        (["grade", "readme"], "it has only README.md"),
        (["grade", "full", "--out", "full"], "choose another --out"),
        (["grade", "full", "--out", "a.py"], "a.py is no folder"),
        (["grade", "full", "--out", "a.py/reports"], "a.py is no folder"),
        (["grade", "full", "--assignment", "cs999"], "unknown assignment"),
        (["grade", "full", "--jobs", "0"], "--jobs"),
        (["grade", "full", "--only", "lstm*", "--only", "rn_*"], "'rn_*' selects no entry point"),
        (["frobnicate"], "frobnicate"),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_code_2(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    for folder in ("empty", "readme", "full"):
        Path(folder).mkdir()
    Path("a.py").write_text("x = 1\n")
    Path("both.py").write_text("def rnn_forward(x): return x\n")
    Path("bad.toml").write_text("[points\n")
    Path("unknown.toml").write_text("[points]\nrnn_bakward = 2\n")
    Path("readme/README.md").write_text("")
    Path("full/s01.py").write_text("x = 1\n")
    result = harness_run(*arguments)
    assert result.exit_code == 2
    assert says in flat(result.output)


def report_of(*statuses, status="graded"):
    entries = [EntryPointReport(f"e{i}", s, Points(0.0, 1.0)) for i, s in enumerate(statuses)]
    info = SubmissionInfo("s", "s.py", "")
    return Report(
        "harness-report/1", info, "cs231n", status, Points(0.0, 1.0), entries, [], "0", "process", {}, Seconds()
    )


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (report_of("pass", "precision"), 0),
        *((report_of("pass", bad), 1) for bad in ("fail", "error", "timeout", "missing", "not_attempted")),
        (report_of("nondeterministic"), 1),
        (report_of("not_judged", "fail"), 1),
        (report_of(status="load_error"), 1),
        (report_of("pass", "not_judged"), 3),
        (report_of(), 3),
        (report_of(status="grader_fault"), 3),
    ],
)
def test_the_exit_code_of_check_follows_the_worst_status(report, code):
    assert exit_code(report) == code


# from here on the engine runs


@pytest.mark.parametrize("name", ["hw.ipynb", "hw.pdf"])
def test_what_is_no_python_file_cannot_be_judged(tmp_path, name):
    (tmp_path / name).write_text("{}")
    result = harness_run("check", tmp_path / name, "--out", tmp_path / "out")
    assert result.exit_code == 3
    (written,) = (tmp_path / "out").rglob("report.json")
    assert decode(written.read_bytes()).status == "load_error"


def test_a_right_submission_passes(right):
    result = harness_run("check", right)
    assert result.exit_code == 0, result.output


def test_a_wrong_submission_fails_and_is_told_where(wrong, tmp_path):
    result = harness_run("check", wrong, "--out", tmp_path / "out", "--seed", "another")
    assert result.exit_code == 1
    assert "rnn_backward" in result.output
    assert "dWh" in result.output
    (written,) = (tmp_path / "out").rglob("report.json")
    report = decode(written.read_bytes())
    assert report.seed == "another"
    own = {e.name: e.status for e in report.entry_points if e.status != "pass" and not e.charged_to}
    assert own == {"rnn_backward": "fail"}


def test_expected_values_can_be_hidden(wrong, tmp_path):
    harness_run("check", wrong, "--out", tmp_path / "out", "--hide-expected")
    (written,) = (tmp_path / "out").rglob("report.json")
    checks = [c for e in decode(written.read_bytes()).entry_points for c in e.checks if c.counterexample]
    assert checks
    assert all(c.counterexample.worst is None or c.counterexample.worst.expected is None for c in checks)


def test_a_rubric_changes_the_points(wrong, tmp_path):
    points = tmp_path / "points.toml"
    points.write_text("[points]\nrnn_backward = 50\n[tensors.rnn_backward]\ndWh = 6\n")
    harness_run("check", wrong, "--out", tmp_path / "out", "--rubric", points)
    (written,) = (tmp_path / "out").rglob("report.json")
    earned = {e.name: (e.points.earned, e.points.possible) for e in decode(written.read_bytes()).entry_points}
    assert earned["rnn_backward"] == (pytest.approx(20), pytest.approx(50))


def test_a_syntax_error_is_the_students_own(tmp_path):
    path = tmp_path / "s.py"
    path.write_text(HEAD + "def rnn_forward(x:\n    return np.tanh(x)\n")
    result = harness_run("check", path)
    assert result.exit_code == 1
    assert "SyntaxError" in result.output


def test_a_skeleton_fails(tmp_path):
    path = tmp_path / "s.py"
    path.write_text(HEAD + "def rnn_forward(x, h0, Wx, Wh, b):\n    h = None\n    return h, None\n")
    result = harness_run("check", path, "--assignment", "cs231n")
    assert result.exit_code == 1


@pytest.fixture
def inbox(tmp_path, right, wrong):
    """A folder with something of everything a TA finds in one."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    shutil.copy(right, folder / "ann.py")
    shutil.copy(wrong, folder / "bob.py")
    (folder / "cleo" / "cs231n").mkdir(parents=True)
    shutil.copy(right, folder / "cleo" / "cs231n" / "rnn_layers.py")
    (folder / "dan.py").write_text("def rnn_forward(x:\n")
    (folder / "eve.py").write_bytes(b"\xff\xfe\x00def rnn_forward")
    (folder / "fay.ipynb").write_text("{}")
    (folder / "gus").mkdir()
    (folder / "README.md").write_text("")
    return folder


def gradebook(out):
    return list(csv.DictReader(io.StringIO((out / "gradebook.csv").read_text(encoding="utf-8"))))


def test_a_folder_is_graded_and_nothing_is_lost(inbox, tmp_path):
    out = tmp_path / "out"
    result = harness_run("grade", inbox, "--assignment", "cs231n", "--out", out, "--jobs", 2, "-v", "--cases", 8)
    assert result.exit_code == 0, result.output
    reports = {r.submission.id: r for r in (decode(p.read_bytes()) for p in out.rglob("report.json"))}
    assert {id: r.status for id, r in reports.items()} == {
        "ann": "graded",
        "bob": "graded",
        "cleo": "graded",
        "dan": "load_error",
        "eve": "load_error",
        "fay": "load_error",
        "gus": "load_error",
    }
    assert reports["ann"].passed
    assert reports["cleo"].passed
    assert not reports["bob"].passed
    assert len(gradebook(out)) == 7
    assert json.loads((out / "summary.json").read_text())
    assert (out / "summary.html").exists()
    for expected in ("Not taken for submissions: README.md", "summary.html", "gradebook.csv", "4 could not be loaded"):
        assert expected in flat(result.output)


def archived(path, files):
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return path


def test_archives_are_graded_like_folders(right, tmp_path):
    text, out = right.read_text(), tmp_path / "out"
    archived(tmp_path / "inbox" / "ann.zip", {"hw/rnn_layers.py": text, "old/rnn_layers.py": text + "x = 1\n"})
    archived(tmp_path / "inbox" / "bob.zip", {"../rnn_layers.py": text})
    (tmp_path / "inbox" / "cleo.tar.gz").write_bytes(b"x")
    result = harness_run("grade", tmp_path / "inbox", "-a", "cs231n", "--out", out, "-q", "--cases", 8)
    assert result.exit_code == 0, result.output
    reports = {r.submission.id: r for r in (decode(p.read_bytes()) for p in out.rglob("report.json"))}
    assert {id: r.status for id, r in reports.items()} == {
        "ann": "load_error",
        "bob": "load_error",
        "cleo": "load_error",
    }
    assert "rnn_step_forward is defined in hw/rnn_layers.py and in old/rnn_layers.py" in reports["ann"].message
    assert "'../rnn_layers.py' leads out of the archive" in reports["bob"].message
    assert "no archive that can be read" in reports["cleo"].message


def test_an_archive_is_checked_and_the_file_taken_is_told(right, tmp_path):
    path = archived(
        tmp_path / "hw.zip", {"hw/rnn_layers.py": right.read_text(), "rnn.py": "def rnn_forward(x): pass\n"}
    )
    result = harness_run("check", path, "--cases", 8)
    assert result.exit_code == 0, result.output
    assert "39 of 39 points cs231n · hw" in flat(result.output)
    told = "rnn_forward: taken from hw/rnn_layers.py, not from rnn.py, which is still the handout's skeleton"
    assert told in flat(result.output)


def test_the_latest_attempt_is_graded_unless_another_is_asked_for(right, wrong, tmp_path):
    path = archived(
        tmp_path / "hw.zip", {"hw/v1/rnn_layers.py": wrong.read_text(), "hw/v2/rnn_layers.py": right.read_text()}
    )
    latest = harness_run("check", path, "--cases", 8)
    first = harness_run("check", path, "--cases", 8, "--attempt", "1")
    none = harness_run("check", path, "--attempt", "3")
    assert (latest.exit_code, first.exit_code, none.exit_code) == (0, 1, 2)
    assert "v2 was taken, the latest of the attempts v1, v2; --attempt chooses another" in flat(latest.output)
    assert "v1 was taken, the attempt asked for; there are v1, v2" in flat(first.output)
    assert "there is no attempt '3'; there are v1, v2" in flat(none.output)


def test_python_2_is_called_that(right, tmp_path):
    old = tmp_path / "old.py"
    old.write_text(right.read_text() + "print 'done'\n")
    result = harness_run("check", old, "--cases", 8)
    assert result.exit_code == 1
    line = len(right.read_text().splitlines()) + 1
    assert f"old.py is Python 2 (line {line}: print statement); this grader runs Python 3" in flat(result.output)


def test_python_2_behind_an_import_is_found_too(right, tmp_path):
    folder = tmp_path / "hw"
    folder.mkdir()
    (folder / "rnn_layers.py").write_text("from helpers import *\n" + right.read_text())
    (folder / "helpers.py").write_text("print 'hello'\n")
    told = flat(harness_run("check", folder, "--cases", 8).output)
    assert "helpers.py is Python 2 (line 1: print statement); this grader runs Python 3" in told


def test_a_name_of_python_2_is_explained(right, tmp_path):
    path = tmp_path / "old.py"
    path.write_text(right.read_text().replace("range(", "xrange("))
    assert "xrange is Python 2; in Python 3 it is range" in flat(harness_run("check", path, "--cases", 8).output)


def test_grading_again_gives_the_same_gradebook(inbox, tmp_path):
    for name, jobs in (("one", 1), ("two", 2)):
        harness_run(
            "grade", inbox, "--assignment", "cs231n", "--out", tmp_path / name, "--jobs", jobs, "-q", "--cases", 8
        )
    first, second = ((tmp_path / name / "gradebook.csv").read_bytes() for name in ("one", "two"))
    assert first == second


def test_quiet_says_only_where_to_look(right, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.move(right, folder)
    result = harness_run("grade", folder, "--out", tmp_path / "out", "--quiet")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 2


def test_a_report_that_cannot_be_written_is_a_sentence(right, tmp_path, monkeypatch):
    def full_disk(*_):
        raise OSError("no space left on device")

    folder = tmp_path / "in"
    folder.mkdir()
    shutil.move(right, folder)
    monkeypatch.setattr("harness.reporting.write.write_report", full_disk)
    result = harness_run("grade", folder, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "no space left on device" in result.output


def test_python_dash_m_does_the_same(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-m", "harness", "check", "nowhere.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "harness: nowhere.py is not there; expected a file or a folder\n"
