"""The levels of isolation: chosen, tried, refused, and harmless to right code."""

from __future__ import annotations

import errno
import json
import re
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from grading import Grade, entry
from harness import submission as submissions
from harness import verify, wire
from harness.assignments import registry
from harness.assignments.contract import Limits
from harness.cli import app
from harness.options import Options
from harness.report import Report
from harness.rubric import Rubric
from harness.worker import examining, isolation, launch
from harness.worker.isolation import Level
from harness.worker.jail import landlock, numbers, policy, seccomp
from harness.worker.session import Session
from harness.worker.view import view

ROOT = Path(__file__).resolve().parent.parent
RIGHT = (ROOT / "reference_impls" / "cs231n" / "model.py").read_text()
ONLY = ("rnn_step_forward",)


def _demand(level: Level) -> None:
    if reason := isolation.missing(level):
        pytest.skip(f"level {level}: {reason}")


def _step(body: str) -> str:
    head = "\n\n_right = rnn_step_forward\ndef rnn_step_forward(x, prev_h, Wx, Wh, b):\n    "
    return RIGHT + head + body.replace("\n", "\n    ") + "\n    return _right(x, prev_h, Wx, Wh, b)\n"


def _without(monkeypatch: pytest.MonkeyPatch, *levels: Level) -> None:
    """As on a machine that does not offer some levels."""
    found = isolation.missing
    monkeypatch.setattr(isolation, "missing", lambda level: "a test says so" if level in levels else found(level))


# choosing


def test_the_strongest_level_there_is_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "full", "restricted")
    assert isolation.strongest() == isolation.reached("") == "process"


def test_a_level_that_is_asked_for_is_never_replaced_by_a_lesser_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "full")
    with pytest.raises(isolation.Unavailable, match=r"'full' cannot be had here: a test says so; it needs Linux"):
        isolation.reached("full")


def test_other_peoples_code_runs_in_a_plain_process_only_when_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _without(monkeypatch, "full", "restricted")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.py").write_text(RIGHT)
    command = ["grade", str(tmp_path / "inbox"), "-a", "cs231n", "-q", "--cases", "2", "--only", "rnn_step_forward"]
    refused = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert refused.exit_code == 2
    assert "--isolation process grades all the same" in " ".join(refused.output.split())
    for said in ("process", "strongest"):
        assert isolation.chosen(said, other_peoples_code=True) == "process"
    assert isolation.chosen("", other_peoples_code=False) == "process"


def test_an_unknown_level_is_wrong_usage() -> None:
    refused = CliRunner().invoke(app, ["check", str(ROOT / "reference_impls" / "cs231n"), "--isolation", "total"])
    assert refused.exit_code == 2
    assert "expected full, restricted, process or strongest" in " ".join(refused.output.split())


def test_a_platform_without_layers_offers_the_plain_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    for cached in (isolation.trial, isolation.missing):
        cached.cache_clear()
    try:
        assert isolation.strongest() == "process"
        assert "it needs Linux, and this is darwin" in isolation.missing("restricted")
    finally:
        for cached in (isolation.trial, isolation.missing):
            cached.cache_clear()


def test_doctor_tells_every_layer_and_every_level(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "full")
    monkeypatch.setattr(examining, "_start", lambda library, level: "")
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 0
    assert next(line for line in told.output.splitlines() if line.startswith("[")).startswith(
        "[no: not here] level full"
    )
    assert "a test says so; it needs Linux 5.13" in told.output
    for words in ("Landlock", "seccomp", "namespaces", "level restricted", "level process", "Used unless"):
        assert words in told.output


# trying


def test_a_trial_notices_a_jail_that_does_not_hold(tmp_path: Path) -> None:
    """The same questions, asked where nothing stands in the way."""
    outside = tmp_path / "outside"
    outside.write_text("out of reach")
    program = (
        "import json, sys; from harness.worker.jail import trial; "
        f"print(json.dumps(trial.troubles({{'layers': ['landlock', 'seccomp'], 'trial': {str(outside)!r}}})))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout.splitlines()[-1])) == 4


def test_a_worker_that_may_see_nothing_of_a_library_does_not_start() -> None:
    seen = view(launch.worker_modules(()), {})
    assert not [
        path for path in (*seen.readable, *seen.folders) if re.search(r"/(torch|numpy|harness/oracles)\b", path)
    ]


def test_answers_and_other_packages_are_outside_the_view() -> None:
    package = registry.folders()["mytorch"]
    seen = view(launch.worker_modules([package + ".driver"]), launch.library_files("numpy"))
    hidden = (
        "reference_impls",
        "harness/oracles",
        "harness/verify.py",
        "site-packages/torch",
        "site-packages/hypothesis",
    )
    folders = [path for path in seen.folders if path not in seen.hidden]
    for path in seen.readable:
        assert not any(part in path for part in hidden)
    for name in hidden:
        assert not any(str(ROOT / name).startswith(path + "/") for path in seen.readable)
    assert not any(path.endswith(("site-packages", "dist-packages")) for path in (*seen.readable, *folders))


# the filter


def _verdict(program: bytes, machine: int, number: int, *arguments: int) -> str:
    """What the kernel would make of a system call: the filter run here, instruction by instruction."""
    words = [word for a in (*arguments, *[0] * 6)[:6] for word in (a & 0xFFFFFFFF, a >> 32 & 0xFFFFFFFF)]
    data = struct.pack("<IIQ12I", number, machine, 0, *words)
    code, at, accumulator = list(struct.iter_unpack("HBBI", program)), 0, 0
    while True:
        kind, yes, no, value = code[at]
        at += 1
        if kind == seccomp.LOAD:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif kind == seccomp.AND:
            accumulator &= value
        elif kind == seccomp.RETURN:
            error = value & 0xFFFF
            return "allow" if value == seccomp.ALLOW else "kill" if value == seccomp.KILL else errno.errorcode[error]
        else:
            at += yes if (accumulator == value if kind == seccomp.EQUAL else accumulator >= value) else no


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_says_what_the_policy_says(machine: str) -> None:
    mark, known = seccomp.MACHINES[machine]
    program = seccomp.assembled(machine, 77, own_files=False)
    wanted = {
        **dict.fromkeys(policy.ALLOWED, "allow"),
        **dict.fromkeys(policy.REFUSED, "EPERM"),
    }
    for name, verdict in wanted.items():
        if name in known:
            assert _verdict(program, mark, known[name]) == verdict, name
    assert _verdict(program, mark, 9999) == "ENOSYS"
    assert _verdict(program, 3, known["read"]) == "kill"
    assert (machine != "x86_64") or _verdict(program, mark, seccomp.X32 + known["read"]) == "EPERM"


ARGUMENTS = {
    "clone": (((0x3D0F00,), "allow"), ((17,), "EPERM"), ((0x10000 | 0x10000000,), "EPERM")),
    "kill": (
        ((77, 15), "allow"),
        ((77, 9), "EPERM"),
        ((78, 15), "EPERM"),
        ((0xFFFFFFFF, 15), "EPERM"),
        ((0, 15), "EPERM"),
    ),
    "tgkill": (((77, 77, 6), "allow"), ((77, 77, 9), "EPERM"), ((1, 77, 6), "EPERM")),
    "prlimit64": (((0, 7, 0, 5), "allow"), ((77, 7, 0, 5), "allow"), ((0, 7, 5, 0), "EPERM"), ((1, 7, 0, 5), "EPERM")),
    "fcntl": (((3, 1), "allow"), ((3, 8), "EPERM"), ((3, 10), "EPERM"), ((3, 15), "EPERM"), ((3, 1026), "EPERM")),
    "ioctl": (((1, 0x5401), "allow"), ((1, 0x5412), "EPERM"), ((1, 0x8901), "EPERM")),
    "prctl": (((15,), "allow"), ((1,), "EPERM"), ((22,), "EPERM"), ((38,), "EPERM")),
    "sendto": (((3, 9, 9, 0, 0), "allow"), ((3, 9, 9, 0, 9), "EPERM"), ((3, 9, 9, 0, 9 << 32), "EPERM")),
    "sched_setaffinity": (((0,), "allow"), ((5,), "EPERM")),
}


@pytest.mark.parametrize("name", ARGUMENTS)
@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_looks_at_arguments(machine: str, name: str) -> None:
    mark, known = seccomp.MACHINES[machine]
    program = seccomp.assembled(machine, 77, own_files=True)
    assert {*ARGUMENTS} == {*policy.conditions(77)}
    for arguments, verdict in ARGUMENTS[name]:
        assert _verdict(program, mark, known[name], *arguments) == verdict, arguments


def test_permissions_may_be_changed_only_where_every_file_is_the_workers_own() -> None:
    mark, known = seccomp.MACHINES["x86_64"]
    for own, verdict in ((True, "allow"), (False, "EPERM")):
        program = seccomp.assembled("x86_64", 77, own_files=own)
        assert {_verdict(program, mark, known[name]) for name in policy.ON_OWN_FILES} == {verdict}


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_a_zygote_keeps_what_it_makes_jails_with_and_loses_what_it_never_needs(machine: str) -> None:
    mark, known = seccomp.MACHINES[machine]
    program = seccomp.assembled_for_a_zygote(machine)
    assert {*policy.NEVER} < {*policy.REFUSED}
    for name, number in known.items():
        assert _verdict(program, mark, number) == ("EPERM" if name in policy.NEVER else "allow"), name
    assert _verdict(program, mark, landlock.RESTRICT_SELF) == "allow"
    assert _verdict(program, 3, known["read"]) == "kill"


def test_an_unknown_machine_is_told() -> None:
    with pytest.raises(OSError, match="not known for machines of the kind 'vax'"):
        seccomp.assembled("vax", 1, own_files=False)


HEADERS = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}
"""What a kernel's headers say; 64-bit ARM has the generic numbers."""


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_of_system_calls_are_those_of_the_headers(machine: str) -> None:
    header = Path("/usr/include", HEADERS[machine])
    if not header.is_file():
        pytest.skip("no headers of the kernel here")
    text = header.read_text()
    found = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    found |= {ours: found.get(kernels, -1) for ours, kernels in re.findall(r"#define __NR_(\w+) __NR3264_(\w+)", text)}
    known = seccomp.MACHINES[machine][1]
    assert {name: found[name] for name in known} == known


def test_each_machine_has_a_number_for_every_system_call_it_has() -> None:
    """What the table of a machine lacks would be answered as unknown, which is the wrong answer to what is allowed."""
    older = (
        "open creat stat lstat access readlink getdents mkdir rmdir unlink rename link symlink poll select dup2 pipe"
    )
    older += (
        " epoll_create epoll_wait eventfd signalfd pause alarm time getpgrp arch_prctl chmod utime utimes futimesat"
    )
    older += " fork vfork chown lchown mknod inotify_init"
    assert numbers.X86_64.keys() - numbers.AARCH64.keys() == {*older.split()}
    assert numbers.AARCH64.keys() <= numbers.X86_64.keys()
    named = {*policy.ALLOWED, *policy.ON_OWN_FILES, *policy.REFUSED, *policy.conditions(1)}
    assert named == numbers.X86_64.keys()


# right code


ORDINARY = {
    "looks at the machine": "import os, platform\nassert os.cpu_count()\nplatform.machine(), platform.python_version()",
    "reads itself": "import inspect\nassert 'rnn_step_forward' in inspect.getsource(rnn_step_forward)",
    "asks for the time": "import datetime, time\ntime.sleep(0.001), datetime.datetime.now().astimezone(), time.tzname",
    "draws random numbers": "import os, random, secrets, uuid\nrandom.random()\n"
    "os.urandom(8), secrets.token_hex(), uuid.uuid4()",
    "uses threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "assert [*ThreadPoolExecutor(4).map(abs, [-1])] == [1]",
    "throws output away": "import contextlib, os\n"
    "with open(os.devnull, 'w') as f, contextlib.redirect_stdout(f): print('x')",
    "imports widely": "import asyncio, csv, ctypes, decimal, email, hashlib, json, logging, sqlite3, zoneinfo",
    "loads numpy's rarer parts": "import numpy.fft, numpy.linalg, numpy.ma, numpy.random, numpy.testing\n"
    "numpy.linalg.svd(numpy.eye(80)); numpy.random.default_rng(0).normal(size=9); numpy.show_config",
    "warns and logs": "import logging, sys, warnings\nwarnings.warn('w'); logging.warning('l'); sys.stderr.write('e')",
    "uses a time limit": "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None); signal.alarm(0)",
    "looks at its memory": "import gc, resource\n"
    "gc.collect(); assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss",
    "asks for the terminal": "import shutil, sys\nshutil.get_terminal_size(); sys.stdout.isatty()",
    "runs an event loop": "import asyncio\nasyncio.run(asyncio.sleep(0))",
}


@pytest.mark.parametrize("level", ["full", "restricted"])
def test_right_code_passes_in_a_jail_whatever_harmless_it_does(level: Level, tmp_path: Path) -> None:
    _demand(level)
    troubles = {}
    lines = [f"def f{i}():\n    " + body.replace("\n", "\n    ") for i, body in enumerate(ORDINARY.values())]
    path = tmp_path / "rnn_layers.py"
    path.write_text(_step("\n".join([*lines, *(f"f{i}()" for i in range(len(lines)))])))
    report = _graded(path, level)
    if not report.passed:
        troubles = [c.message for e in report.entry_points for c in e.checks]
    assert report.passed, troubles
    assert report.isolation == level


def _graded(path: Path, level: Level, **limits: float) -> Report:
    options = Options(cases=2, only=ONLY, isolation=level, rubric=Rubric(limits=limits))
    return verify.grade(submissions.read(path), registry.get("cs231n"), options)


WRITES = "open('notes.txt', 'w').write('x')"


def test_code_that_has_to_write_a_file_is_not_judged_without_a_folder(tmp_path: Path) -> None:
    _demand("restricted")
    path = tmp_path / "rnn_layers.py"
    path.write_text(_step(WRITES))
    found = _graded(path, "restricted").entry_points[0]
    assert found.status == "not_judged"
    assert found.points.earned is None
    assert "it needs to write a file (notes.txt); isolation level restricted has no writable folder" in " ".join(
        check.message for check in found.checks
    )


@pytest.mark.parametrize("level", ["full", "process"])
def test_code_that_writes_a_file_passes_where_there_is_a_folder(level: Level, tmp_path: Path) -> None:
    _demand(level)
    path = tmp_path / "rnn_layers.py"
    path.write_text(
        _step("import tempfile, os\n" + WRITES + "\ntempfile.TemporaryFile().write(b'x'); os.remove('notes.txt')")
    )
    assert _graded(path, level).passed


def test_an_optimiser_of_torch_needs_no_folder() -> None:
    _demand("restricted")
    source = b"import torch\nx = torch.ones(2, requires_grad=True)\no = torch.optim.SGD([x], lr=0.5)\n"
    source += b"x.sum().backward()\no.step()\nassert x.tolist() == [0.5, 0.5]\n"
    driver = registry.folders()["cs187"] + ".driver"
    with Session({"a.py": source}, "torch", [driver], registry.get("cs187").limits, "restricted") as session:
        session.wait_until_ready()
        loaded = session.load(wire.Load(session.root, {"f": "a.py"}, driver, "torch"))
    assert isinstance(loaded, wire.Loaded), loaded
    assert (loaded.failures, loaded.notes) == ({}, ())


def test_another_mistake_is_no_want_of_a_folder(tmp_path: Path) -> None:
    _demand("restricted")
    path = tmp_path / "rnn_layers.py"
    path.write_text(_step("try:\n    " + WRITES + "\nexcept OSError:\n    pass\nraise ValueError('mine')"))
    assert _graded(path, "restricted").entry_points[0].status == "error"
    path.write_text(_step("open('data.txt')"))
    assert _graded(path, "restricted").entry_points[0].status == "error"


@pytest.mark.parametrize("level", ["full", "restricted"])
def test_torch_cannot_be_found_where_the_handout_forbids_it(level: Level, tmp_path: Path) -> None:
    _demand(level)
    path = tmp_path / "rnn_layers.py"
    torch = launch.library_files("torch").get("torch")
    if torch is None:
        pytest.skip("torch is not installed")
    path.write_text(_step(f"open({torch!r})"))
    told = " ".join(c.message for c in _graded(path, level).entry_points[0].checks)
    assert "FileNotFoundError" in told if level == "full" else "PermissionError" in told


FORLORN = """
import sys, time
from harness import wire
from harness.assignments.contract import Limits
from harness.worker.session import Session
driver = "harness.assignments.lab9.driver"
session = Session({"a.py": b"import time; time.sleep(600)"}, "numpy", [driver], Limits(), sys.argv[1])
session.wait_until_ready()
session.channel.setblocking(True)
session.channel.sendall(wire.pack(wire.Load(session.root, {"f": "a.py"}, driver, "numpy")))
print(session.number, session.folder, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("level", ["full", "restricted"])
def test_a_worker_that_sleeps_ends_when_the_grader_is_killed(level: Level) -> None:
    _demand(level)
    grader = subprocess.Popen([sys.executable, "-c", FORLORN, level], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    number, folder = grader.stdout.readline().split()
    assert _lives(number)
    grader.kill()
    grader.wait()
    grader.stdout.close()
    deadline = time.monotonic() + 60
    while _lives(number) and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(folder)
    assert not _lives(number)


def _lives(number: str) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:  # gone altogether
        return False


# bounds


def test_a_course_sets_its_own_limits(tmp_path: Path) -> None:
    rubric = tmp_path / "rubric.toml"
    rubric.write_text("[limits]\ncpu_call = 0.3\n")
    path = tmp_path / "rnn_layers.py"
    path.write_text(_step("while True: pass"))
    command = ["check", str(path), "-a", "cs231n", "--only", ONLY[0], "--cases", "1", "--rubric", str(rubric)]
    assert "more than 0.3 s of CPU time" in " ".join(CliRunner().invoke(app, command).output.split())


def test_a_limit_nobody_knows_is_told(tmp_path: Path) -> None:
    rubric = tmp_path / "rubric.toml"
    rubric.write_text("[limits]\nluck = 1\n")
    told = CliRunner().invoke(app, ["check", str(tmp_path), "--rubric", str(rubric)])
    assert told.exit_code == 2
    assert "[limits] names 'luck'; known are cpu_call," in " ".join(told.output.split())


def test_a_call_that_is_late_once_is_tried_again_before_it_counts(tmp_path: Path) -> None:
    late = tmp_path / "late"
    body = f"import os, time\nif not os.path.exists({str(late)!r}):\n    os.mkdir({str(late)!r})\n    time.sleep(60)"
    path = tmp_path / "rnn_layers.py"
    path.write_text(_step(body))
    assert _graded(path, "process", wall_call=1.0).passed
    assert late.is_dir()


def test_cpu_time_adds_up_over_the_calls_of_a_submission(tmp_path: Path) -> None:
    path = tmp_path / "rnn_layers.py"
    path.write_text(_step("import time\nt = time.process_time()\nwhile time.process_time() < t + 0.2: pass"))
    found = _graded(path, "process", cpu_submission=1.0).entry_points[0]
    assert found.status == "timeout"
    assert "used up its 1 s of CPU time" in found.message


@pytest.mark.parametrize("cores", [1, 64])
def test_no_number_of_threads_is_ended_by_the_system_before_the_clock_decides(
    cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would look as if somebody else had done it, and be graded again and again."""
    monkeypatch.setattr(launch, "CORES", cores)
    assert launch._resources(Limits(cpu_submission=60.0))["CPU"] / cores > 60


def test_limits_are_plain_numbers() -> None:
    assert all(isinstance(value, int | float) for value in msgspec.structs.astuple(registry.get("cs231n").limits))


def test_grading_a_source_names_the_level(grade_source: Grade) -> None:
    report = grade_source(RIGHT, cases=2, only=ONLY)
    assert report.isolation == isolation.strongest()
    assert entry(report, ONLY[0]).status == "pass"


def test_a_trial_that_was_killed_from_outside_is_made_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter([isolation.KILLED, "", isolation.KILLED, isolation.KILLED])
    monkeypatch.setattr(isolation, "_tried", lambda layers: next(said))
    monkeypatch.setattr(isolation.sys, "platform", "linux")
    assert isolation.trial.__wrapped__(("seccomp",)) == ""
    assert isolation.trial.__wrapped__(("seccomp",)) == isolation.KILLED
