"""Whatever a submission does, the report says so, and the rest of it is judged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grading import Grade, entry
from harness import submission as submissions
from harness import verify
from harness.assignments import registry
from harness.options import Options
from harness.report import Report
from harness.worker import isolation, launch, starting

ROOT = Path(__file__).resolve().parent.parent
GOOD = (ROOT / "reference_impls" / "cs231n" / "model.py").read_text()
QUICK = 8


def _with(tail: str) -> str:
    return GOOD + "\n\n" + tail


def _rnn_backward(body: str) -> str:
    return _with(f"_right = rnn_backward\ndef rnn_backward(dh, cache):\n    {body}\n")


def _others_pass(report: Report, but: str) -> None:
    assert {e.name: e.status for e in report.entry_points if e.name != but} == dict.fromkeys(
        [e.name for e in report.entry_points if e.name != but], "pass"
    )


VANILLA = ("rnn_*",)
"""Entry points that stand by themselves: the captioning model is built on them."""
KILLED = {False: "ended by SIGKILL", True: "Operation not permitted"}
"""By whether the worker is in a jail."""
IN_A_CALL = {
    "exits": ("import sys; sys.exit(0)", "error", "SystemExit"),
    "ends its process": ("import os; os._exit(0)", "error", "ended its own process (exit code 0)"),
    "ends itself by a signal": ("import os; os.kill(os.getpid(), 15)", "error", "SIGTERM"),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", "error", KILLED[isolation.strongest() != "process"]),
    "reads stdin": ("input()", "error", "EOFError"),
    "raises": ("raise RuntimeError('boom')", "error", "RuntimeError: boom"),
    "recurses": ("return rnn_backward(dh, cache)", "error", "RecursionError"),
    "runs out of memory": ("x = [bytearray(10**8) for _ in range(10**4)]", "error", "ran out of memory"),
    "returns None": ("_right(dh, cache)", "error", "rnn_backward returned None"),
    "returns too few": ("return _right(dh, cache)[:3]", "error", "returned 3 values; expected 5"),
    "returns lists": ("return [a.tolist() for a in _right(dh, cache)]", "error", "dx is a value of type list"),
    "returns objects": ("return [a.astype(object) for a in _right(dh, cache)]", "error", "dtype object"),
    "returns strings": ("return [str(a) for a in _right(dh, cache)]", "error", "type str"),
    "returns wrong shapes": ("return [a[None] for a in _right(dh, cache)]", "error", "has shape"),
    "returns NaN": ("return [a * np.nan for a in _right(dh, cache)]", "fail", "NaN"),
    "returns complex": ("return [a + 0j for a in _right(dh, cache)]", "error", "is complex"),
    "returns a subclass": (
        "L = type('Liar', (np.ndarray,), {'__eq__': lambda s, o: True}); return [a.view(L) for a in _right(dh, cache)]",
        "error",
        "Liar",
    ),
    "raises what cannot be printed": (
        "E = type('E', (Exception,), {'__str__': lambda s: 1 / 0}); raise E()",
        "error",
        "its message could not be read",
    ),
    "writes on the socket": (
        "import os\n    for fd in range(3, 30):\n        try: os.write(fd, b'x' * 999)\n        except OSError: pass",
        "error",
        "the submission's process sent",
    ),
}


@pytest.mark.parametrize("case", IN_A_CALL)
def test_trouble_in_a_call_concerns_that_entry_point_alone(case: str, grade_source: Grade) -> None:
    body, status, sentence = IN_A_CALL[case]
    report = grade_source(_rnn_backward(body), cases=QUICK, only=VANILLA)
    found = entry(report, "rnn_backward")
    assert report.status == "graded"
    assert found.status == status
    assert sentence in found.message + " ".join(c.message for c in found.checks)
    assert found.points.earned == 0.0
    _others_pass(report, "rnn_backward")


AT_IMPORT = {
    "raises in a class": ("class Layer:\n    raise RuntimeError('boom')", "RuntimeError: boom"),
    "exits in a class": ("class Layer:\n    raise SystemExit(0)", "SystemExit: 0"),
    "ends its process": ("import os; os._exit(0)", "exit code 0"),
    "has a syntax error": ("def f(:", "SyntaxError: invalid syntax"),
    "needs what is not there": ("import no_such_module", "No module named 'no_such_module'"),
}


@pytest.mark.parametrize("case", AT_IMPORT)
def test_trouble_at_import_is_told_with_every_entry_point(case: str, grade_source: Grade) -> None:
    source, sentence = AT_IMPORT[case]
    report = grade_source(_with(source), cases=QUICK)
    assert report.status == "load_error"
    assert sentence in report.message
    assert {e.status for e in report.entry_points} == {"error"}
    assert report.score.earned == 0.0


LEFT_OUT = {
    "raises": ("raise RuntimeError('boom')", "RuntimeError: boom"),
    "exits": ("raise SystemExit(0)", "SystemExit: 0"),
    "reads stdin": ("input('name?')", "EOFError"),
    "calls what raises": ("import numpy\nnumpy.load('data.npy')", "FileNotFoundError"),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_a_statement_that_raises_at_import_and_defines_nothing_is_left_out_and_told(
    case: str, grade_source: Grade
) -> None:
    source, sentence = LEFT_OUT[case]
    report = grade_source(_with(source), cases=QUICK)
    assert report.passed
    assert "was left out" in report.notes[0]
    assert sentence in report.notes[0]


def test_the_traceback_shows_the_students_own_lines_alone(grade_source: Grade) -> None:
    report = grade_source(_rnn_backward("return np.zeros(3) @ np.zeros(4)"), cases=QUICK)
    frames = entry(report, "rnn_backward").checks[0].traceback
    assert [(f.file, f.function, f.text) for f in frames] == [
        ("rnn_layers.py", "rnn_backward", "return np.zeros(3) @ np.zeros(4)")
    ]


def test_printing_without_end_is_harmless(grade_source: Grade) -> None:
    report = grade_source(_with("for i in range(100_000): print('spam', i)"), cases=QUICK)
    assert report.passed


def _grade_with_limits(path: Path, source: str, **limits: float) -> Report:
    import msgspec

    path.write_text(source)
    assignment = registry.get("cs231n")
    tight = msgspec.structs.replace(assignment, limits=msgspec.structs.replace(assignment.limits, **limits))
    return verify.grade(submissions.read(path), tight, Options(cases=QUICK, only=VANILLA))


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(1000)"])
def test_a_hang_is_a_timeout_of_one_entry_point(body: str, tmp_path: Path) -> None:
    report = _grade_with_limits(tmp_path / "a.py", _rnn_backward(body), cpu_call=1.0, wall_call=4.0)
    assert entry(report, "rnn_backward").status == "timeout"
    # The same words for both: which bound comes first hangs on how busy the machine is.
    assert "took more than 1 s of CPU time, or 4 s in all" in entry(report, "rnn_backward").message
    _others_pass(report, "rnn_backward")


def test_entry_points_after_a_hang_are_judged_by_a_fresh_worker(tmp_path: Path) -> None:
    hang = _with("def rnn_step_backward(dnext_h, cache):\n    while True: pass\n")
    report = _grade_with_limits(tmp_path / "a.py", hang, cpu_call=1.0)
    assert entry(report, "rnn_step_backward").status == "timeout"
    assert "more than 1 s of CPU time" in entry(report, "rnn_step_backward").message
    _others_pass(report, "rnn_step_backward")


def test_a_hang_at_import_is_a_timeout(tmp_path: Path) -> None:
    report = _grade_with_limits(tmp_path / "a.py", _with("while True: pass"), cpu_call=1.0)
    assert report.status == "load_error"
    assert {e.status for e in report.entry_points} == {"timeout"}


def test_time_that_is_used_up_is_said(tmp_path: Path) -> None:
    hang = _with("def rnn_step_forward(*a):\n    while True: pass\n")
    report = _grade_with_limits(tmp_path / "a.py", hang, wall_submission=1.0)
    assert {e.status for e in report.entry_points} <= {"timeout", "not_judged"}
    assert "or 1 s in all" in entry(report, "rnn_step_forward").message


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"\x00\xff\xfe" * 100)
    report = verify.grade(submissions.read(path), registry.get("cs231n"), Options(cases=QUICK))
    assert report.status == "load_error"
    assert "a.py is not valid Python" in report.message
    assert report.score.earned is None


def test_nothing_is_left_behind(grade_source: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    grade_source(_rnn_backward("open('litter', 'w').write('x'); return _right(dh, cache)"), cases=QUICK)
    assert list((tmp_path / "t").iterdir()) == []


def test_a_worker_that_cannot_start_is_the_graders_fault(grade_source: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = launch.library_files("numpy")
    broken = {name: folder for name, folder in folders.items() if name != "msgspec"}
    monkeypatch.setattr(launch, "library_files", lambda library: broken)
    monkeypatch.setattr(starting, "_zygotes", {})  # a test before this one may have left a sound one
    monkeypatch.setattr(starting, "_hopeless", set())
    report = grade_source(GOOD, cases=QUICK)
    assert report.status == "grader_fault"
    assert "a worker did not start" in report.message
    assert "msgspec" in report.message
    assert report.score.earned is None


SPY = """
import os, sys
if "harness.worker.inside.serving" not in sys.modules:  # nobody but a worker may run this
    open({mark!r}, "a").write(__name__)
"""
COMMANDS = {
    "as it is installed": "from harness.cli import app\nif __name__ == '__main__':\n    app()\n",
    "as a module": "",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_submissions_called_like_modules_are_never_imported_by_a_grader(command: str, tmp_path: Path) -> None:
    """Not even where one grades the folder one is in."""
    inbox, mark, program = tmp_path / "inbox", tmp_path / "mark", tmp_path / "bin" / "harness"
    inbox.mkdir()
    program.parent.mkdir()
    program.write_text(COMMANDS[command])
    for name in ("pickle", "socket", "struct", "queue", "random"):
        source = "def rnn_forward(x, h0, U, W, V, b, c):\n    raise NotImplementedError\n"
        (inbox / f"{name}.py").write_text(SPY.format(mark=str(mark)) + source)
    start = [str(program)] if COMMANDS[command] else ["-m", "harness"]
    done = subprocess.run(
        [
            sys.executable,
            *start,
            "grade",
            ".",
            "-a",
            "lab9",
            "--cases",
            "1",
            "--jobs",
            "1",
            "-q",
            "--out",
            "../out",
            "--isolation",
            "strongest",
        ],
        cwd=inbox,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not mark.exists(), mark.read_text()
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "gradebook.csv").read_text().count(",graded,") == 5
