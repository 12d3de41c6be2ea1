"""Bounds on all processes of a worker together: a control group of its own (cgroup v2), where one can be made.

Limits of a process hold for each of its children anew; those of a group hold for their sum, and a group ends as one. No
level of isolation needs it. It is believed in after the whole sequence has been tried, once in a process.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from harness.assignments.contract import Limits
from harness.worker.folders import NotOurs, locked

CONTROLLERS = ("memory", "pids")
PREFIX = "harness-worker-"
GRADERS = "harness-graders"
"""A group with processes has no groups with limits below it, so graders go to one of their own, beside the workers'."""
SLACK = 64 << 20
"""Bytes beyond what one process may have: what the kernel keeps on its behalf counts here too."""
JAILERS = 8
"""Processes beyond a submission's own: those that wait for it, and a few to spare."""
PATIENCE = 2.0
"""Seconds that killed processes have to be gone; they take milliseconds."""
SYSTEMD = Path("/run/systemd/system")
"""There where systemd runs, which wants no group of its own changed by others."""
ADVICE = "in a group of its own it can: systemd-run --user --scope -p Delegate=yes harness …"


class Unavailable(Exception):
    """Why there are no groups to be made here."""


class Group:
    """A new group for one worker, locked like its folder while its grader lives."""

    def __init__(self, within: Path, limits: Limits) -> None:
        """Raises `OSError`."""
        while True:
            self.path = within / (PREFIX + secrets.token_hex(4))
            self.path.mkdir()
            with contextlib.suppress(NotOurs):  # another grader took it for a forgotten one, in this very moment
                self._lock = locked(self.path)
                break
        try:
            self._bound(limits)
            self.door = os.open(self.path / "cgroup.procs", os.O_WRONLY)
            """Who writes "0" here comes in."""
        except OSError:
            self._remove()
            raise

    def _bound(self, limits: Limits) -> None:
        bounds = {"memory.max": limits.memory + limits.disk + SLACK, "pids.max": limits.processes + JAILERS}
        wanted = {**bounds, "memory.oom.group": 1, "memory.swap.max": 0}
        for name, value in wanted.items():
            if (self.path / name).exists():  # swap is counted on some machines alone
                (self.path / name).write_text(str(value))

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether its processes were killed for its own limit, and not because the machine had no more to give."""
        events = _numbers(self.path / "memory.events")
        return bool(events.get("oom") and events.get("oom_kill"))

    def kill(self) -> None:
        """End every process in it."""
        with contextlib.suppress(OSError):  # removed already
            (self.path / "cgroup.kill").write_text("1")

    def close(self) -> None:
        """End every process in it, and remove it; what cannot be removed now is by the next grader."""
        os.close(self.door)
        self.kill()
        self._remove()

    def _remove(self) -> None:
        _remove(self.path)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def of_a_worker(limits: Limits) -> Group | None:
    """A new group, or None where there cannot be one."""
    within, _ = _place()
    if within is not None:
        with contextlib.suppress(OSError):  # too many of them: it goes without, as elsewhere
            return Group(within, limits)
    return None


def missing() -> str:
    """Why workers get no groups here; empty where they do."""
    return _place()[1]


@functools.cache
def _place() -> tuple[Path | None, str]:
    """Where groups of workers are made, or why none are. Graders are moved aside for that where it has to be."""
    if sys.platform != "linux":
        return None, f"it needs Linux, and this is {sys.platform}"
    try:
        within = _arranged(own())
        _remove_forgotten(within)
        _try(within)
    except Unavailable as reason:
        return None, str(reason)
    except OSError as error:
        return None, f"{error.strerror or error} ({error.filename})"
    return within, ""


def own() -> Path:
    """The folder of the group that this process is in. Raises `Unavailable`, `OSError`."""
    found = _folder(Path("/proc/self/cgroup").read_text(), Path("/proc/self/mountinfo").read_text())
    if found is None:
        raise Unavailable("there is no cgroup v2 here, or this process's group is out of sight")
    return found


def _folder(groups: str, mounts: str) -> Path | None:
    """Where a process finds its group, by what the system says of its groups and of what is mounted."""
    name = next((line[3:] for line in groups.splitlines() if line.startswith("0::/")), "")
    for line in mounts.splitlines():
        fields, _, kind = line.partition(" - ")
        _, _, _, root, place, *_ = fields.split()
        if kind.startswith("cgroup2 ") and Path(name).is_relative_to(root) and ".." not in name:
            return Path(place) / Path(name).relative_to(root)
    return None


def _arranged(own: Path) -> Path:
    """A group below which groups can have limits: the own one, or that of graders who were here before."""
    if own.name == GRADERS and _enabled(own.parent):
        return own.parent
    there = (own / "cgroup.controllers").read_text().split()
    if lacking := [name for name in CONTROLLERS if name not in there]:
        raise Unavailable(f"the group {own} has no control over {' and '.join(lacking)}")
    if not _enabled(own):
        try:
            _enable(own)
        except OSError:  # it has processes: this one at least
            _step_aside(own)
            _enable(own)
    return own


def _enabled(group: Path) -> bool:
    return {*CONTROLLERS} <= {*(group / "cgroup.subtree_control").read_text().split()}


def _enable(group: Path) -> None:
    (group / "cgroup.subtree_control").write_text(" ".join("+" + name for name in CONTROLLERS))


def _step_aside(own: Path) -> None:
    """Move everything in a group into one below it, if all of it is ours. Raises `Unavailable`, `OSError`."""
    inside = [int(number) for number in (own / "cgroup.procs").read_text().split()]
    if strangers := [number for number in inside if not _related(number)]:
        raise Unavailable(f"other programs are in the group {own} (process {strangers[0]}); {ADVICE}")
    aside = own / GRADERS
    aside.mkdir(exist_ok=True)
    for number in inside:
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            (aside / "cgroup.procs").write_text(str(number))


def _related(number: int) -> bool:
    """Whether a process is of this one's making, or, where nobody else minds groups, this one is of its."""
    me = os.getpid()
    return me in _ancestry(number) or (not SYSTEMD.exists() and number in _ancestry(me))


def _ancestry(number: int) -> Iterator[int]:
    """A process, its parent, and so on."""
    while number:
        yield number
        try:
            number = int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            return


def _try(within: Path) -> None:
    """Put a process into a group and end it with that. Raises `Unavailable`, `OSError`."""
    group = Group(within, Limits())
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]) as process:
        try:
            os.write(group.door, str(process.pid).encode())
            group.kill()
            ended = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            ended = 0
        finally:
            process.kill()
            group.close()
    if ended != -signal.SIGKILL or group.path.exists():
        raise Unavailable("a group does not end as one; it needs Linux 5.14 or later")


def _remove_forgotten(within: Path) -> None:
    """Remove groups whose graders were killed."""
    for path in within.glob(PREFIX + "*"):
        with contextlib.suppress(OSError, NotOurs):
            lock = locked(path)
            (path / "cgroup.kill").write_text("1")
            _remove(path)
            if lock is not None:
                os.close(lock)


def _remove(path: Path) -> None:
    """Remove a group as soon as its killed processes are gone."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            path.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.001)


def _numbers(path: Path) -> dict[str, int]:
    """What a file with a name and a number a line says; nothing where there is none."""
    try:
        return {name: int(value) for name, value in map(str.split, path.read_text().splitlines())}
    except OSError:
        return {}
