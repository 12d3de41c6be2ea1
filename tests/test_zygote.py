"""Workers that are forked: what they find is what a fresh interpreter finds, and a lost zygote costs nobody a point."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grading import DEEP, Grade
from harness import wire
from harness.assignments import registry
from harness.assignments.contract import Limits
from harness.report import Report, Seconds, encode
from harness.worker import isolation, launch, starting, zygote
from harness.worker.isolation import Level
from harness.worker.session import Ended, Session
from harness.worker.zygote import Forked, Zygote
from reference_impls import catalogue

ROOT = Path(__file__).resolve().parent.parent
DRIVER = "driver_of_checks"
MODEL = catalogue.source("lab9")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Zygotes of this test's own, and none left."""
    starting.end_all()
    monkeypatch.setattr(zygote, "PATIENCE", 3.0)
    monkeypatch.setattr(starting, "_hopeless", set())
    yield
    starting.end_all()


@contextlib.contextmanager
def worker(source: str = "", level: Level = "process", driver: str = DRIVER) -> Iterator[Session]:
    """A worker that has imported `source`."""
    if reason := isolation.missing(level):
        pytest.skip(f"level {level}: {reason}")
    with Session({"a.py": source.encode()}, "numpy", [driver], Limits(), level) as session:
        session.wait_until_ready()
        session.loaded = session.load(wire.Load(session.root, {"f": "a.py"}, driver, "numpy"))  # type: ignore[attr-defined]
        yield session


def said(session: Session) -> Any:
    """What the submission has printed, as JSON."""
    session._drain_output()
    return json.loads(session.output)


def only_zygote() -> Zygote:
    (found,) = starting._zygotes.values()
    return found


def lives(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:  # gone altogether
        return False


def wait_for_the_end_of(number: int) -> None:
    deadline = time.monotonic() + 60
    while lives(number) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not lives(number)


def bare(report: Report) -> bytes:
    return encode(msgspec.structs.replace(report, seconds=Seconds()))


# the same worker

LOOKS = """
import json, os, resource, signal, sys
def kind(number):
    try:
        return oct(os.fstat(number).st_mode)
    except OSError:
        return ''
facts = {
    'environment': dict(os.environ), 'arguments': sys.argv, 'path': sys.path, 'modules': sorted(sys.modules),
    'folder': os.getcwd(), 'temporary': os.environ['TMPDIR'], 'leads': os.getsid(0) == os.getpgid(0),
    'limits': {n: resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n.startswith('RLIMIT_')},
    'signals': {str(s): str(signal.getsignal(s)) for s in signal.valid_signals()}, 'flags': str(sys.flags),
    'mask': os.umask(0o22), 'ids': [os.getuid(), os.getgid(), os.getgroups()], 'hash': hash('same'),
    'finders': [type(f).__name__ for f in sys.meta_path], 'recursion': sys.getrecursionlimit(),
    'held': sorted(filter(None, map(kind, range(64)))), 'depth': len(__import__('inspect').stack()),
}
print(json.dumps(facts), flush=True)
"""


@pytest.mark.parametrize("level", ["process", "restricted", "full"])
def test_a_forked_worker_finds_what_a_fresh_one_finds(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for wanted in ("1", "0"):
        monkeypatch.setenv("HARNESS_ZYGOTES", wanted)
        with worker(LOOKS, level) as session:
            assert isinstance(session.process, Forked) == (wanted == "1")
            found.append(json.loads(json.dumps(said(session)).replace(str(session.folder), "FOLDER")))
    forked, fresh = found
    more = {*forked.pop("modules")} ^ {*fresh.pop("modules")}
    assert {m for m in more if not m.startswith("harness.")} - {DRIVER, "gc"} == set()
    assert forked == fresh


def test_nothing_of_one_worker_is_in_the_next() -> None:
    with worker("import sys, numpy\nnumpy.mark = sys.modules['mark'] = 1\nnumpy.tanh = None") as first:
        born = only_zygote()
        look = "[hasattr(numpy, 'mark'), 'mark' in sys.modules, str(numpy.tanh)]"
        with worker(f"import json, sys, numpy\nprint(json.dumps({look}), flush=True)") as second:
            assert only_zygote() is born
            assert isinstance(first.process, Forked)
            assert first.process.pid != second.process.pid
            assert said(second) == [False, False, "<ufunc 'tanh'>"]


def test_chance_differs_from_worker_to_worker_as_it_does_from_interpreter_to_interpreter() -> None:
    draw = "import json, random, numpy\nprint(json.dumps([random.random(), numpy.random.rand()]), flush=True)"
    seen = []
    for _ in range(2):
        with worker(draw) as session:
            seen += said(session)
    assert len(set(seen)) == 4


ENDS = {
    "an exit": ("import os\nos._exit(7)", "the submission ended its own process (exit code 7)"),
    "a signal": ("import os\nos.kill(os.getpid(), 15)", "the submission's process was ended by SIGTERM"),
    "a crash": ("import ctypes\nctypes.string_at(0)", "the submission's process was ended by SIGSEGV"),
    "its own kill": ("import os\nos.kill(os.getpid(), 9)", "the submission's process was ended by SIGKILL"),
}


@pytest.mark.parametrize(
    ("level", "end"), [*(("process", end) for end in ENDS), ("full", "an exit"), ("full", "a signal")]
)
def test_how_a_worker_ended_is_told(level: Level, end: str) -> None:
    source, told = ENDS[end]
    with worker(source, level) as session:
        assert isinstance(session.process, Forked)
        assert session.loaded == Ended(told)  # type: ignore[attr-defined]


def test_what_a_worker_leaves_behind_is_ended_with_it() -> None:
    source = "import os, time, sys\nif not (n := os.fork()): time.sleep(600)\nprint(n, flush=True)"
    with worker(source) as session:
        left = said(session)
        assert lives(left)
    wait_for_the_end_of(left)


@pytest.mark.parametrize("assignment", ["lab9", "quiz10"] if DEEP else ["lab9"])
def test_reports_are_the_same_to_the_last_byte(
    assignment: str, grade_source: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, only = catalogue.source(assignment).replace("tanh(", "sin("), ("rnn_forward", "rnn_step_forward")
    found = []
    for wanted in ("1", "0"):
        monkeypatch.setenv("HARNESS_ZYGOTES", wanted)
        found.append(bare(grade_source(source, assignment, cases=4, only=only)))
    assert found[0] == found[1]
    assert b'"fail"' in found[0]


WITHIN_REACH = {
    "process": {"network": "ECONNREFUSED", "file": "read", "program": "ran"},
    "restricted": {"network": "EPERM", "file": "EACCES", "program": "EPERM"},
    "full": {"network": "EPERM", "file": "read", "program": "EPERM"},
}


@pytest.mark.parametrize("level", WITHIN_REACH)
def test_a_zygote_is_confined_before_it_imports_anything(level: Level) -> None:
    look = "import json, driver_that_looks_around as d\nprint(json.dumps(d.FOUND), flush=True)"
    with worker(look, level, "driver_that_looks_around") as session:
        found = said(session)
    assert found.pop("process") == only_zygote().process.pid
    assert found == WITHIN_REACH[level]


def test_a_zygote_is_warm_before_the_first_worker_is_wanted(grade_source: Grade) -> None:
    starting.prepare(registry.get("lab9"), "process")
    early = only_zygote()
    assert grade_source(MODEL, "lab9", cases=2, isolation="process").passed
    assert only_zygote() is early


# lost zygotes


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_zygote_that_is_gone_or_silent_is_replaced(number: int) -> None:
    with worker():
        first = only_zygote()
    os.kill(first.process.pid, number)
    with worker() as session:
        assert isinstance(session.process, Forked)
        assert isinstance(session.loaded, wire.Loaded)  # type: ignore[attr-defined]
    assert only_zygote() is not first
    assert not lives(first.process.pid)


@pytest.mark.parametrize("level", ["process", "full"])
def test_workers_end_with_their_zygote(level: Level) -> None:
    with worker(level=level) as session:
        os.kill(only_zygote().process.pid, signal.SIGKILL)
        wait_for_the_end_of(session.number)
        outcome = next(session.run([(wire.Call(0, "kept", ()), [])]))
        assert outcome == Ended("the submission's process was ended by SIGKILL")


HOSTILE = """
import os, signal
_right = mse_last_step
def mse_last_step(*given):
    os.kill(os.getppid(), signal.{})
    return _right(*given)
"""


@pytest.mark.parametrize("strike", ["SIGSTOP", "SIGKILL"])
def test_a_submission_that_reaches_its_zygote_hurts_itself_alone(strike: str, grade_source: Grade) -> None:
    """At level `process` it can. Elsewhere it cannot, see `tests/attacks`."""
    calm = grade_source(MODEL, "lab9", cases=2, isolation="process")
    struck = grade_source(MODEL + HOSTILE.format(strike), "lab9", cases=2, isolation="process")
    assert struck.passed or strike == "SIGKILL"  # then it dies with its zygote, unless it has answered everything first
    assert {e.name for e in struck.entry_points if e.status != "pass"} <= {"mse_last_step"}
    assert bare(grade_source(MODEL, "lab9", cases=2, isolation="process")) == bare(calm)


def test_what_cannot_be_forked_runs_in_fresh_interpreters() -> None:
    for _ in range(2):
        with worker(driver="driver_with_a_thread") as session:
            assert isinstance(session.process, subprocess.Popen)
            assert isinstance(session.loaded, wire.Loaded)  # type: ignore[attr-defined]
            assert session.output == b""


@pytest.mark.parametrize("refused", ["os.pidfd_open", "socket.socketpair"])
def test_a_system_that_refuses_what_zygotes_need_has_fresh_interpreters(
    refused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name = refused.split(".")
    real = getattr(sys.modules[module], name)

    def refuse(*given: Any) -> Any:
        if name == "socketpair" and not given:  # a worker's own channel
            return real()
        raise PermissionError(1, "not here")

    monkeypatch.setattr(refused, refuse)
    with worker() as session:
        assert isinstance(session.process, subprocess.Popen)
        assert isinstance(session.loaded, wire.Loaded)  # type: ignore[attr-defined]


def test_folders_made_elsewhere_have_another_zygote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with worker(level="restricted"):
        first = only_zygote()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with worker(level="restricted") as session:
        assert isinstance(session.loaded, wire.Loaded)  # type: ignore[attr-defined]
        assert not session.loaded.failures  # type: ignore[attr-defined]
        assert first in starting._zygotes.values()
        assert len(starting._zygotes) == 2


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_platforms_have_fresh_interpreters(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting.sys, "platform", platform)
    assert not starting._possible(("numpy", (), (), "/tmp"))
    starting.prepare(registry.get("lab9"), "process")
    assert not starting._zygotes


def interrupted(door: socket.socket, *message: Any) -> None:
    """Sends, and has Ctrl-C pressed before the answer comes."""
    socket.socket.sendmsg(door, message[0])
    raise KeyboardInterrupt


def test_a_request_that_is_interrupted_is_not_answered_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with worker():
        first = only_zygote()
    with monkeypatch.context() as patch:
        patch.setattr(zygote.socket, "send_fds", interrupted)
        with pytest.raises(KeyboardInterrupt), worker():
            pass
    with worker() as session:
        assert only_zygote() is not first
        assert isinstance(session.loaded, wire.Loaded)  # type: ignore[attr-defined]


def test_idle_zygotes_beyond_a_few_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "MOST", 1)
    with worker():
        busy = only_zygote()
        with worker(level="restricted"):
            assert len(starting._zygotes) == 2
        with worker(driver="harness.assignments.lab9.driver"):
            assert len(starting._zygotes) == 2
        assert busy.alive


FORLORN = """
import sys, time
from harness.assignments import registry
from harness.assignments.contract import Limits
from harness.worker import starting
from harness.worker.session import Session
with Session({}, "numpy", [], Limits(), "process") as session:
    session.wait_until_ready()
(zygote,) = starting._zygotes.values()
print(zygote.process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.parametrize("end", ["killed", "ended"])
def test_a_zygote_ends_with_its_grader(end: str, stopped: bool) -> None:
    grader = subprocess.Popen(
        [sys.executable, "-c", FORLORN], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert grader.stdin is not None
    assert grader.stdout is not None
    number = int(grader.stdout.readline())
    assert lives(number)
    if stopped:
        os.kill(number, signal.SIGSTOP)
    if end == "killed":
        grader.kill()
    grader.stdin.close()
    grader.wait()
    grader.stdout.close()
    wait_for_the_end_of(number)


@pytest.mark.parametrize("zygotes", ["1", "0"])
def test_thousands_of_shared_objects_are_no_trouble(zygotes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker may see is then longer than an argument of a program, or a message between processes, may be."""
    real, many = launch.view, (launch.__file__,) * 6000

    def large(*given: Any) -> Any:
        seen = real(*given)
        return msgspec.structs.replace(seen, readable=(*seen.readable, *many))

    starting.end_all()
    monkeypatch.setenv("HARNESS_ZYGOTES", zygotes)
    monkeypatch.setattr(launch, "view", large)
    with worker(level="restricted") as session:
        assert isinstance(session.process, Forked if zygotes == "1" else subprocess.Popen)
        assert isinstance(session.loaded, wire.Loaded)  # type: ignore[attr-defined]
