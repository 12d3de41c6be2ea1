"""Control groups: where workers get one, what it bounds, and that nothing is left of it."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading import Grade, entry
from harness import wire
from harness.assignments.contract import Limits
from harness.rubric import Rubric
from harness.worker import cgroup, isolation, starting
from harness.worker.cgroup import Group, Unavailable
from harness.worker.session import Ended, Session
from harness.worker.zygote import Forked
from reference_impls import catalogue

ROOT = Path(__file__).resolve().parent.parent
HOGS = (ROOT / "tests" / "attacks" / "batch" / "forks_memory_hogs.py").read_text()
MODEL = catalogue.source("lab9")
DRIVER = "driver_of_checks"
LEVELS: tuple[isolation.Level, ...] = ("process", "restricted", "full")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are control groups on Linux alone")


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A group of the kernel's in which groups of workers are made, without limits: those take a machine's say-so."""
    try:
        place = cgroup.own() / f"harness-test-{secrets.token_hex(4)}"
        place.mkdir()
    except (Unavailable, OSError) as error:
        pytest.skip(f"no control group can be made here: {error}")
    monkeypatch.setattr(cgroup, "CONTROLLERS", ())
    monkeypatch.setattr(cgroup, "own", lambda: place)
    cgroup._place.cache_clear()
    yield place
    cgroup._place.cache_clear()
    starting.end_all()
    for inner in [*place.iterdir(), place]:
        if inner.is_dir():
            (inner / "cgroup.kill").write_text("1")
            cgroup._remove(inner)


@pytest.fixture
def _bounded() -> None:
    """Skips where workers get no groups with limits."""
    if reason := cgroup.missing():
        pytest.skip(reason)


# where


MOUNTS = {
    "alone": "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate",
    "beside version 1": "40 31 0:37 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
    "in a container": "30 25 0:26 /docker/1f /sys/fs/cgroup ro - cgroup2 cgroup rw",
    "version 1": "40 31 0:37 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids",
}


@pytest.mark.parametrize(
    ("mounts", "groups", "found"),
    [
        ("alone", "0::/user.slice/a.scope\n", "/sys/fs/cgroup/user.slice/a.scope"),
        ("beside version 1", "8:pids:/x\n0::/\n", "/sys/fs/cgroup/unified"),
        ("in a container", "0::/docker/1f/own\n", "/sys/fs/cgroup/own"),
        ("in a container", "0::/docker/1e\n", None),
        ("alone", "0::/../elsewhere\n", None),
        ("version 1", "8:pids:/x\n", None),
    ],
)
def test_the_own_group_is_found_by_what_the_system_says(mounts: str, groups: str, found: str | None) -> None:
    assert cgroup._folder(groups, MOUNTS[mounts]) == (found and Path(found))


def fake(folder: Path, processes: list[int], controllers: str = "cpu memory pids") -> Path:
    """A folder with the files of a group, which takes no controllers while there are processes in it."""
    folder.mkdir(parents=True)
    (folder / "cgroup.controllers").write_text(controllers)
    (folder / "cgroup.subtree_control").write_text("")
    (folder / "cgroup.procs").write_text("".join(f"{number}\n" for number in processes))
    return folder


@pytest.fixture
def _busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups enable nothing until their processes have moved aside, as the kernel has it."""
    real = cgroup._enable

    def enable(group: Path) -> None:
        if not (group / cgroup.GRADERS).exists():
            raise OSError(16, "Device or resource busy")
        real(group)

    monkeypatch.setattr(cgroup, "_enable", enable)


def test_a_group_without_control_of_memory_is_no_use(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="has no control over memory and pids"):
        cgroup._arranged(fake(tmp_path / "own", [], "cpu hugetlb"))


@pytest.mark.usefixtures("_busy")
@pytest.mark.parametrize("systemd", [False, True])
def test_whoever_is_alone_in_a_group_steps_aside(
    systemd: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroup, "SYSTEMD", tmp_path if systemd else tmp_path / "none")
    own = fake(tmp_path / "own", [os.getpid()])
    assert cgroup._arranged(own) == own
    assert (own / cgroup.GRADERS / "cgroup.procs").read_text() == str(os.getpid())
    assert (own / "cgroup.subtree_control").read_text() == "+memory +pids"


@pytest.mark.usefixtures("_busy")
def test_programs_of_others_are_never_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        monkeypatch.setattr(cgroup, "_related", lambda number: number != stranger.pid)  # its maker is this test
        own = fake(tmp_path / "own", [os.getpid(), stranger.pid])
        with pytest.raises(Unavailable, match=rf"other programs are in the group .* \(process {stranger.pid}\)"):
            cgroup._arranged(own)
        assert not (own / cgroup.GRADERS).exists()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_parent_is_moved_only_where_systemd_does_not_mind_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = subprocess.Popen(["sleep", "600"])
    try:
        monkeypatch.setattr(cgroup, "SYSTEMD", tmp_path / "none")
        assert all(map(cgroup._related, (child.pid, os.getpid(), os.getppid())))
        monkeypatch.setattr(cgroup, "SYSTEMD", tmp_path)
        assert [cgroup._related(n) for n in (child.pid, os.getpid(), os.getppid())] == [True, True, False]
    finally:
        child.kill()
        child.wait()
    assert not cgroup._related(0)  # outside this container


def test_graders_find_the_place_that_was_arranged_before(tmp_path: Path) -> None:
    own = fake(tmp_path / "own", [])
    (own / "cgroup.subtree_control").write_text("memory pids\n")
    aside = fake(own / cgroup.GRADERS, [1])
    assert cgroup._arranged(aside) == own


def test_a_group_that_may_not_be_changed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroup, "own", lambda: tmp_path / "none")
    within, reason = cgroup._place.__wrapped__()
    assert within is None
    assert reason == f"No such file or directory ({tmp_path / 'none' / 'cgroup.controllers'})"


# what


@pytest.mark.parametrize("zygotes", ["1", "0"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_worker_is_in_its_group_before_it_runs_anything_of_a_students(
    level: isolation.Level, zygotes: str, ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason := isolation.missing(level):
        pytest.skip(f"level {level}: {reason}")
    monkeypatch.setenv("HARNESS_ZYGOTES", zygotes)
    with Session({"a.py": b"f = 1"}, "numpy", [DRIVER], Limits(), level) as session:
        session.wait_until_ready()
        assert isinstance(session.process, Forked) == (zygotes == "1")
        (group,) = ground.glob(cgroup.PREFIX + "*")
        inside = {int(number) for number in (group / "cgroup.procs").read_text().split()}
        assert {session.number, session.process.pid} <= inside
        assert len(inside) == (3 if level == "full" else 1)
        assert isinstance(session.load(wire.Load(session.root, {"f": "a.py"}, DRIVER, "numpy")), wire.Loaded)
    assert not list(ground.glob(cgroup.PREFIX + "*"))


def test_what_left_its_session_ends_with_the_group(ground: Path) -> None:
    """At level `process`, where nothing else would find it."""
    source = b"import os, time\nif not os.fork():\n    os.setsid()\n    time.sleep(600)\nf = 1"
    with Session({"a.py": source}, "numpy", [DRIVER], Limits(), "process") as session:
        session.wait_until_ready()
        session.load(wire.Load(session.root, {"f": "a.py"}, DRIVER, "numpy"))
        (group,) = ground.glob(cgroup.PREFIX + "*")
        (left,) = {int(n) for n in (group / "cgroup.procs").read_text().split()} - {session.number}
    assert not Path(f"/proc/{left}").exists() or "Z" in Path(f"/proc/{left}/stat").read_text()
    assert not group.exists()


def test_a_forgotten_group_goes_with_what_is_in_it_and_one_in_use_stays(ground: Path) -> None:
    forgotten, used = Group(ground, Limits()), Group(ground, Limits())
    left = subprocess.Popen(["sleep", "600"])
    os.write(forgotten.door, str(left.pid).encode())
    assert forgotten._lock is not None
    os.close(forgotten._lock)  # as when its grader is killed
    os.close(forgotten.door)
    cgroup._remove_forgotten(ground)
    assert left.wait() == -signal.SIGKILL
    assert [path.name for path in ground.glob(cgroup.PREFIX + "*")] == [used.path.name]
    used.close()


FORLORN = """
import sys, time
from pathlib import Path
from harness.assignments.contract import Limits
from harness.worker import cgroup
from harness.worker.session import Session
cgroup.CONTROLLERS = ()
cgroup.own = lambda: Path(sys.argv[1])
session = Session({}, "numpy", [], Limits(), "process")
session.wait_until_ready()
print(session.number, flush=True)
time.sleep(600)
"""


def test_a_killed_grader_leaves_nothing_that_the_next_one_does_not_remove(ground: Path) -> None:
    grader = subprocess.Popen([sys.executable, "-c", FORLORN, ground], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    assert int(grader.stdout.readline())
    assert len(list(ground.glob(cgroup.PREFIX + "*"))) == 1
    grader.kill()
    grader.communicate()
    deadline = time.monotonic() + 60
    while list(ground.glob(cgroup.PREFIX + "*")) and time.monotonic() < deadline:
        cgroup._remove_forgotten(ground)
    assert not list(ground.glob(cgroup.PREFIX + "*"))


def test_without_a_group_a_worker_starts_all_the_same(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(within: Path, limits: Limits) -> Group:
        raise OSError(28, "No space left on device")

    assert cgroup.missing() == ""
    monkeypatch.setattr(cgroup, "Group", full)
    with Session({}, "numpy", [DRIVER], Limits(), "process") as session:
        session.wait_until_ready()
        assert session.group is None


def test_only_a_group_that_met_its_own_limit_ran_out_of_memory(ground: Path, tmp_path: Path) -> None:
    group = Group(ground, Limits())
    assert not group.ran_out_of_memory
    group.close()
    group.path = tmp_path
    for oom, killed, told in ((0, 0, False), (0, 2, False), (1, 0, False), (1, 2, True)):
        (tmp_path / "memory.events").write_text(f"low 0\nhigh 0\nmax 5\noom {oom}\noom_kill {killed}\n")
        assert group.ran_out_of_memory == told


def test_a_kill_for_memory_is_the_submissions_own(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Group, "ran_out_of_memory", True)
    with Session({"a.py": b"import os\nos.kill(os.getpid(), 9)"}, "numpy", [DRIVER], Limits(), "process") as session:
        session.wait_until_ready()
        told = session.load(wire.Load(session.root, {"f": "a.py"}, DRIVER, "numpy"))
    assert told == Ended("the submission ran out of memory (more than 1024 MiB)")


@pytest.mark.usefixtures("_bounded")
def test_many_processes_have_no_more_memory_than_one(grade_source: Grade) -> None:
    """Where nothing else keeps a submission from starting them."""
    calm = grade_source(MODEL, "lab9", cases=2, isolation="process")
    limits = Rubric(limits={"memory": 256 << 20})
    source = MODEL + HOGS + "\n\ndef mse_last_step(*_):\n    strike()\n"
    report = grade_source(source, "lab9", cases=2, isolation="process", rubric=limits)
    found = entry(report, "mse_last_step")
    assert "ran out of memory (more than 256 MiB)" in found.message + "".join(c.message for c in found.checks)
    assert {e.name for e in report.entry_points if e.status == "pass"} == {e.name for e in calm.entry_points} - {
        "mse_last_step"
    }
    assert grade_source(MODEL, "lab9", cases=2, isolation="process").passed


@pytest.mark.usefixtures("_bounded")
def test_many_threads_and_processes_come_to_an_end(grade_source: Grade) -> None:
    source = MODEL + (
        "\n\nimport os, time\n\ndef mse_last_step(*_):\n    for _ in range(1000):\n"
        "        if not os.fork():\n            time.sleep(600)\n"
    )
    found = entry(grade_source(source, "lab9", cases=2, isolation="process"), "mse_last_step")
    assert found.status == "error"
    assert "BlockingIOError" in found.message + "".join(c.message for c in found.checks)
