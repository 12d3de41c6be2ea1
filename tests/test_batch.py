"""Grading many submissions: one report each, whatever happens to the graders."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from harness.batch import fallback, run
from harness.batch.discover import Entry
from harness.batch.one import grade_entry
from harness.batch.pool import TIDY
from harness.batch.progress import Counts, Lines, outcome, shown
from harness.options import Options
from harness.report import EntryPointReport, Points, Report, Seconds, SubmissionInfo, decode, encode

OPTIONS = Options(seed="a seed")
HEAD = "class RNNCell: pass\n"
PATIENCE = 60


def report_for(submission, assignment, options, status="pass"):
    points = Points(2.0 if status == "pass" else 0.0, 2.0)
    return Report(
        schema="harness-report/1",
        submission=SubmissionInfo(submission.id, submission.path, submission.sha256),
        assignment=assignment.id,
        status="graded",
        score=points,
        entry_points=[EntryPointReport("RNNCell.forward", status, points)],
        behaviour=[],
        seed=options.seed,
        isolation="process",
        versions={},
        seconds=Seconds(),
    )


def fake_grade(submission, assignment, options):
    """Does what the submission's last line says: stands in for the engine, in a grader process."""
    what, _, place = submission.files[0].data.decode().splitlines()[-1].removeprefix("# ").partition(" ")
    if what == "raise":
        raise KeyError("a bug of ours")
    if what == "die" or (what == "die-once" and not Path(place).exists()):
        Path(place or os.devnull).write_text("died")
        os._exit(3)
    if what == "hang":
        hang(Path(place))
    if what == "cores":
        tell_cores(Path(place))
    if what == "slow":
        time.sleep(0.3)
    report = report_for(submission, assignment, options, "fail" if what == "fail" else "pass")
    return msgspec.structs.replace(report, message=str(garbage())) if what == "garbage" else report


def tell_cores(place):
    """Tell on which cores this grader may be, once as many others as are wanted have told theirs."""
    place.with_suffix(".tmp").write_text(f"{os.getpid()} {sorted(os.sched_getaffinity(0))}")
    place.with_suffix(".tmp").rename(place)
    deadline = time.monotonic() + PATIENCE
    while len(told_cores(place.parent)) < int((place.parent / "wanted").read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)


def told_cores(folder):
    """The cores of every grader, by its process."""
    return dict(path.read_text().split(" ", 1) for path in folder.glob("s*.txt"))


class Ring:
    """Garbage that only a search for cycles finds."""

    left = 0

    def __init__(self):
        self.itself = self
        Ring.left += 1

    def __del__(self):
        Ring.left -= 1


def garbage():
    """Leave one more ring behind; how many there are."""
    Ring()
    return Ring.left


def hang(place):
    """Like a grader that waits for a student's process, which it ends when it is interrupted itself."""
    with subprocess.Popen(["sleep", "1000"], start_new_session=True) as child:
        try:
            place.with_suffix(".tmp").write_text(f"{os.getpid()} {child.pid}")
            place.with_suffix(".tmp").rename(place)
            child.wait()
        finally:
            child.kill()


def entries(folder, **contents):
    """One submission for each keyword, whose last line tells the fake grader what to do."""
    found = []
    for name, what in contents.items():
        path = folder / f"{name}.py"
        path.write_text(f"{HEAD}# {what}\n")
        found.append(Entry(name, str(path), "mytorch"))
    return found


def graded(batch, jobs=2):
    seen = []
    reports = run.grade_all(batch, OPTIONS, jobs, seen.append, fake_grade)
    assert sorted(r.submission.id for r in seen) == sorted(r.submission.id for r in reports)
    return reports


def statuses(reports):
    return {r.submission.id: r.status for r in reports}


def test_reports_come_in_the_order_of_the_entries_not_of_completion(tmp_path):
    batch = entries(tmp_path, a="slow", b="pass", c="fail", d="pass")
    seen = []
    reports = run.grade_all(batch, OPTIONS, 2, seen.append, fake_grade)
    assert [r.submission.id for r in reports] == ["a", "b", "c", "d"]
    assert [r.passed for r in reports] == [True, True, False, True]
    assert [r.submission.id for r in seen] != ["a", "b", "c", "d"]
    assert {r.seed for r in reports} == {"a seed"}


def test_an_empty_batch_needs_no_grader():
    assert run.grade_all([], OPTIONS, 4, print, fake_grade) == []


def test_what_cannot_be_read_or_recognised_ends_in_a_report_without_a_grade(tmp_path):
    (tmp_path / "hw.ipynb").write_text("{}")
    (tmp_path / "other.py").write_text("x = 1")
    batch = [
        Entry("hw", str(tmp_path / "hw.ipynb")),
        Entry("other", str(tmp_path / "other.py")),
        Entry("gone", str(tmp_path / "gone.py"), "mytorch"),
        *entries(tmp_path, fine="pass"),
    ]
    reports = graded(batch)
    assert statuses(reports) == {"hw": "load_error", "other": "load_error", "gone": "load_error", "fine": "graded"}
    assert [r.score.earned for r in reports] == [None, None, None, 2.0]
    assert "is not a notebook" in reports[0].message
    assert "--assignment" in reports[1].message
    assert reports[1].submission.sha256


def test_an_exception_of_ours_is_a_grader_fault_with_its_place_and_the_batch_goes_on(tmp_path):
    reports = graded(entries(tmp_path, a="raise", b="pass"))
    assert statuses(reports) == {"a": "grader_fault", "b": "graded"}
    assert "KeyError: 'a bug of ours'" in reports[0].message
    assert "fake_grade" in reports[0].message
    assert str(tmp_path) not in reports[0].message


def test_a_grader_that_dies_takes_nobody_else_with_it(tmp_path):
    reports = graded(entries(tmp_path, a="slow", b="die", c="pass", d="slow", e="pass"))
    assert statuses(reports) == {"a": "graded", "b": "grader_fault", "c": "graded", "d": "graded", "e": "graded"}
    assert "died" in reports[1].message
    assert reports[1].assignment == "mytorch"


def test_a_grader_that_dies_once_is_given_a_second_try(tmp_path):
    reports = graded(entries(tmp_path, a=f"die-once {tmp_path / 'marker'}", b="pass"))
    assert (tmp_path / "marker").exists()
    assert statuses(reports) == {"a": "graded", "b": "graded"}


@pytest.fixture
def two_cores():
    """Whatever the machine has, two of its cores."""
    if sys.platform != "linux" or len(all_of_them := os.sched_getaffinity(0)) < 2:
        pytest.skip("it takes two cores, on a system that tells them apart")
    os.sched_setaffinity(0, sorted(all_of_them)[:2])
    yield sorted(all_of_them)[:2]
    os.sched_setaffinity(0, all_of_them)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_graders_keep_to_a_core_each_where_there_are_as_many(jobs, two_cores, tmp_path):
    (tmp_path / "wanted").write_text(str(jobs))
    graded(entries(tmp_path, **{f"s{n}": f"cores {tmp_path / f's{n}.txt'}" for n in range(6)}), jobs)
    each = sorted(told_cores(tmp_path).values())
    assert each == ([f"[{core}]" for core in two_cores] if jobs == 2 else [str(two_cores)] * jobs)
    assert sorted(os.sched_getaffinity(0)) == two_cores


def test_a_grader_looks_for_garbage_now_and_then(tmp_path):
    batch = entries(tmp_path, **{f"s{n:03}": "garbage" for n in range(2 * TIDY + 2)})
    left = [int(report.message) for report in graded(batch, 1)]
    assert max(left) < TIDY + 2
    assert left[TIDY - 1] > left[TIDY + 1]


def test_a_report_that_cannot_be_written_stops_the_batch_and_its_graders(tmp_path):
    def full_disk(report):
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        run.grade_all(entries(tmp_path, a="pass", b="slow"), OPTIONS, 2, full_disk, fake_grade)


COORDINATOR = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
import test_batch as t
from harness.report import encode
def on_done(report):
    Path({out!r}, report.submission.id + ".json").write_bytes(encode(report))
batch = [t.Entry(name, {out!r} + "/" + name + ".py", "mytorch") for name in ("a", "b", "c")]
try:
    t.run.grade_all(batch, t.OPTIONS, 1, on_done, t.fake_grade)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture
def coordinator(tmp_path):
    """A batch in a process group of its own: "a" is finished, "b" hangs with a student's process, "c" waits."""
    pids = tmp_path / "pids"
    entries(tmp_path, a="pass", b=f"hang {pids}", c="pass")
    root = Path(run.__file__).parents[2]
    script = COORDINATOR.format(tests=str(Path(__file__).parent), root=str(root), out=str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], start_new_session=True)
    try:
        until(pids.exists)
        yield process, [int(pid) for pid in pids.read_text().split()]
    finally:
        process.kill()
        process.wait()


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def is_gone(pid):
    """Whether the process has ended (a zombie nobody collects in this container has ended too)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_ctrl_c_leaves_finished_reports_and_no_process_behind(coordinator, tmp_path):
    process, children = coordinator
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    assert process.wait(PATIENCE) == 130
    for pid in children:
        until(lambda pid=pid: is_gone(pid))
    assert decode((tmp_path / "a.json").read_bytes()).passed
    assert not (tmp_path / "b.json").exists()
    assert not (tmp_path / "c.json").exists()


def test_graders_go_when_the_coordinator_is_killed(coordinator):
    process, children = coordinator
    process.kill()
    for pid in children:
        until(lambda pid=pid: is_gone(pid))


def test_one_entry_can_be_graded_without_any_pool(tmp_path):
    (entry,) = entries(tmp_path, a="pass")
    assert grade_entry(entry, OPTIONS, fake_grade).passed


def test_a_fallback_report_survives_the_way_to_json_and_back():
    report = fallback.grader_fault(Entry("caf\\xe9", "/in/caf\udce9.py"), OPTIONS, "why")
    assert decode(encode(report)) == report
    assert report.versions["harness"]


def test_progress_counts_what_does_not_pass():
    printed = []

    class Recorder:
        def print(self, line, **_):
            printed.append(line)

    lines = Lines(Recorder(), total=2, verbose=True, every=1000)
    lines.done(fallback.load_error(Entry("s\x1b[31m1", "s1.py"), OPTIONS, "no Python file"))
    assert printed == ["s?[31m1: load error: no Python file"]
    lines.done(fallback.load_error(Entry("s2", "s2.py"), OPTIONS, "no Python file"))
    assert printed[-1].startswith("2 of 2 done, 2 not passing")


@pytest.mark.parametrize(
    ("finished", "seconds", "line"),
    [
        (1, 2.0, "1 of 1001 done, 1 not passing, 0.5 per second, about 33 min remaining"),
        (951, 95.1, "951 of 1001 done, 951 not passing, 10.0 per second, about 5 s remaining"),
        (10, 1000.0, "10 of 1001 done, 10 not passing, 0.0 per second, about 27.5 h remaining"),
        (1001, 9.0, "1001 of 1001 done, 1001 not passing, 111.2 per second"),
    ],
)
def test_a_line_says_done_failing_rate_and_what_remains(finished, seconds, line, monkeypatch):
    counts = Counts(total=1001)
    for _ in range(finished):
        counts.done(fallback.load_error(Entry("s1", "s1.py"), OPTIONS, "why"))
    monkeypatch.setattr(time, "monotonic", lambda: counts.started + seconds)
    assert counts.line() == line


@pytest.mark.parametrize(
    ("terminal", "verbose", "quiet", "there", "absent"),
    [
        (True, False, False, ["Grading", "2/2", "1 not passing", "per second", "remaining"], ["a: 2 of 2"]),
        (True, True, False, ["2/2", "a: 2 of 2", "b: 0 of 2, not passing"], []),
        (False, False, False, ["2 of 2 done, 1 not passing"], ["Grading", "a: 2 of 2"]),
        (False, True, False, ["2 of 2 done", "a: 2 of 2", "b: 0 of 2, not passing"], ["Grading"]),
        (True, True, True, [], ["Grading", "a:", "done"]),
        (False, True, True, [], ["a:", "done"]),
    ],
)
def test_progress_fits_the_place_it_is_shown_in(terminal, verbose, quiet, there, absent, tmp_path):
    file = io.StringIO()
    with shown(Console(file=file, force_terminal=terminal, width=120), 2, verbose, quiet) as progress:
        for entry in entries(tmp_path, a="pass", b="fail"):
            progress.done(grade_entry(entry, OPTIONS, fake_grade))
    said = file.getvalue()
    assert [words for words in there if words not in said] == []
    assert [words for words in absent if words in said] == []
    assert bool(said) != quiet


def test_an_outcome_is_one_line(tmp_path):
    (entry,) = entries(tmp_path, a="fail")
    assert outcome(grade_entry(entry, OPTIONS, fake_grade)) == "a: 0 of 2, not passing"
