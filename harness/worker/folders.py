"""Temporary folders that workers sit in: locked while their grader lives, removed by the next one if it was killed.

The system lets go of a lock when the process that holds it ends, however it ends, so no lock means no owner.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

PREFIX = "harness-worker-"
CONTENT = frozenset({"submission", "work", "root", "outside"})
"""What such a folder can hold; one with anything else in it is somebody else's."""
_NAME = re.compile(re.escape(PREFIX) + r"[a-z0-9_]{8}")


class Folder:
    """A new, empty, locked folder of this process's own."""

    def __init__(self) -> None:
        _remove_forgotten()
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
            with contextlib.suppress(NotOurs):  # another grader took it for a forgotten one, in this very moment
                self._lock = locked(self.path)
                return

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *exc: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove it and all that is in it, as far as that can be done."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class NotOurs(Exception):
    """Somebody else has the lock of a folder, or the folder is gone."""


def locked(path: Path) -> int | None:
    """What holds a folder's lock; None where there are no locks. Raises `NotOurs`."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise NotOurs(path) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(lock).st_ino:
            return lock
    except (BlockingIOError, FileNotFoundError) as error:
        os.close(lock)
        raise NotOurs(path) from error
    except OSError:  # a file system without locks
        os.close(lock)
        return None
    os.close(lock)
    raise NotOurs(path)


@functools.cache
def _remove_forgotten() -> None:
    """Once in a process: remove folders that nobody holds any more."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        for path in map(Path, os.scandir(tempfile.gettempdir())):
            with contextlib.suppress(OSError, NotOurs):
                lock = locked(path) if _looks_forgotten(path) else None
                if lock is not None:
                    shutil.rmtree(path, ignore_errors=True)
                    os.close(lock)


def _looks_forgotten(path: Path) -> bool:
    """Whether this is a folder of ours by its name, owner and content. Raises `OSError`."""
    ours = _NAME.fullmatch(path.name) and not path.is_symlink() and path.lstat().st_uid == os.getuid()
    return bool(ours) and CONTENT.issuperset(os.listdir(path))


def lay_out(files: dict[str, bytes], root: Path) -> None:
    """Write the submission's files below `root`, readable to whichever user the worker will be."""
    root.mkdir()
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o644)
    for folder in {root, *(parent for name in files for parent in (root / name).parents if root in parent.parents)}:
        folder.chmod(0o755)
