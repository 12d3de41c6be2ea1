"""Tells a failure for want of a writable folder from a mistake, where the jail has none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CHANGES = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate"})
MAX_PATH = 200

_attempts: list[str] = []
"""The file that was to be written last."""


def watch() -> None:
    """Keep note of what is to be written from now on. It cannot be undone."""
    sys.addaudithook(_note)


def forget() -> None:
    """Begin anew: what was attempted before explains nothing that is raised from now on."""
    _attempts.clear()


def unwritable(error: BaseException) -> str:
    """The file that was to be written when `error` was raised; empty where it has another reason."""
    raised = any(isinstance(e, OSError) for e in _chain(error))
    return _attempts[-1] if raised and _attempts else ""


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & _WRITING
    else:
        path, writes = arguments[:1], event in _CHANGES
        path = path[0] if path else ""
    if writes and isinstance(path, (str, bytes)) and path not in (os.devnull, b"/dev/null"):
        _attempts[:] = [os.path.basename(os.fsdecode(path))[:MAX_PATH] or "a file"]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from; no more than a few, for they can be made to go in circles."""
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
