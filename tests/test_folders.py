"""Temporary folders: none is left behind for good, and none is taken from anybody."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.worker import folders
from harness.worker.folders import Folder

ROOT = Path(__file__).resolve().parent.parent
HOLDER = (
    "from harness.worker.folders import Folder; f = Folder(); print(f.path, flush=True); import sys; sys.stdin.read()"
)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no locks on folders")


@pytest.fixture(autouse=True)
def _room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for temporary folders, that nobody else has."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folders._remove_forgotten.cache_clear()


def _grader(place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_a_killed_grader_left_is_removed_at_the_next_start_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    living, killed = _grader(tmp_path), _grader(tmp_path)
    assert living.stdout is not None
    assert killed.stdout is not None
    kept, left = (Path(grader.stdout.readline().strip()) for grader in (living, killed))
    (left / "submission").mkdir()
    (left / "submission" / "a.py").write_text("")
    killed.kill()
    killed.communicate()
    assert left.is_dir()
    with Folder() as mine:
        assert not left.exists()
        assert kept.is_dir()
        assert mine.is_dir()
    assert not mine.exists()
    living.communicate()


def test_what_only_looks_like_ours_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "other"
    strange = (tmp_path / "harness-worker-", tmp_path / "harness-worker-notes", tmp_path / "my-harness-worker-12345678")
    for path in (other, *strange):
        path.mkdir()
    diary = tmp_path / "harness-worker-mydiary1"
    (diary / "2026").mkdir(parents=True)
    link = tmp_path / "harness-worker-alink123"
    link.symlink_to(other)
    (tmp_path / "harness-worker-afile123").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with Folder():
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_another_users_folder_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / "harness-worker-abcdefgh"
    theirs.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: theirs.stat().st_uid + 1)
    with Folder():
        assert theirs.is_dir()


def test_a_folder_that_vanishes_while_it_is_made_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when another grader starts in this very moment, and finds it without a lock."""
    made: list[Path] = []
    make = tempfile.mkdtemp

    def taken_once(**options: str) -> str:
        made.append(Path(make(**options)))
        if len(made) == 1:
            made[0].rmdir()
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", taken_once)
    with Folder() as mine:
        assert mine == made[1]
        assert mine.is_dir()


def test_a_file_system_without_locks_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError("no locks here")

    forgotten = tmp_path / "harness-worker-abcdefgh"
    forgotten.mkdir()
    monkeypatch.setattr(fcntl, "flock", refuse)
    with Folder() as mine:
        assert mine.is_dir()
        assert forgotten.is_dir()
    assert not mine.exists()
