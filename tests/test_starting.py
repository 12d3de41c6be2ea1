"""A worker's start that fails leaves nothing behind: no folder, no process, no open file, no control group."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.assignments.contract import Limits
from harness.worker import cgroup, session, starting
from harness.worker.session import Session

FILES = {"a.py": b"f = 1"}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="open files and processes are counted by /proc")


class Refusal(Exception):
    """What a step raises here."""


class Group:
    """Stands in for a control group, which few machines let anybody make."""

    def __init__(self, within: Path, limits: Limits) -> None:
        self.door, self.path = os.open(os.devnull, os.O_WRONLY), within

    def kill(self) -> None:
        """Nothing is in it."""

    def close(self) -> None:
        os.close(self.door)


@pytest.fixture(autouse=True)
def _room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary folders, a zygote that makes its workers there, and control groups."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(cgroup, "_place", lambda: (tmp_path, ""))
    monkeypatch.setattr(cgroup, "Group", Group)
    with Session(FILES, "numpy", [], Limits()) as worker:
        worker.wait_until_ready()
    yield
    starting.end_all()


def held() -> tuple[list[str], set[str], set[str]]:
    """Temporary folders, what this process's open files are, and the processes that it or its zygotes have."""
    folders = os.listdir(tempfile.gettempdir())
    files = {os.path.realpath(file) for file in Path("/proc/self/fd").iterdir()}
    own = {os.getpid(), *(zygote.process.pid for zygote in starting._zygotes.values())}
    children = {n for parent in own for n in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}
    return folders, files, children


def refuse(*_: object, **__: object) -> None:
    raise Refusal


def test_a_file_name_that_is_too_long_leaves_nothing() -> None:
    before = held()
    with pytest.raises(OSError, match="File name too long"):
        Session({"a" * 300: b""}, "numpy", [], Limits())
    assert held() == before


@pytest.mark.parametrize("step", ["lay_out", "starting.start", "cgroup.of_a_worker", "selectors.DefaultSelector"])
def test_whatever_step_fails_nothing_is_left(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = held()
    with monkeypatch.context() as patch:
        patch.setattr(f"{session.__name__}.{step}", refuse)
        with pytest.raises(Refusal):
            Session(FILES, "numpy", [], Limits())
    assert held() == before
