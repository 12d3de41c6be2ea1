"""A student's exception as plain text: kind, message, and the frames in the student's own files."""

from __future__ import annotations

import linecache
import os
import re
import traceback

from harness.wire import Failure, Frame
from harness.worker.inside import refusals

MAX_TEXT = 1000
MAX_FRAMES = 12
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def failure_of(error: BaseException, root: str) -> Failure:
    """What went wrong, with paths relative to `root` and memory addresses blotted out (they change from run to run)."""
    traceback.clear_frames(error.__traceback__)  # a MemoryError leaves room for its report only when locals go
    frames = _frames(error, root)
    found = tuple(frames[-MAX_FRAMES:])
    return Failure(type(error).__name__[:80], _message(error, root), found, refusals.unwritable(error))


def _message(error: BaseException, root: str) -> str:
    try:
        text = f"{error.msg} (line {error.lineno})" if isinstance(error, SyntaxError) else str(error)
    except Exception:
        text = "(its message could not be read)"
    text = text.replace(root + os.sep, "").replace(root, ".") if root else text
    return _ADDRESS.sub("0x…", text)[:MAX_TEXT]


def _frames(error: BaseException, root: str) -> list[Frame]:
    frames = [_frame(f.filename, f.lineno or 0, f.name, root) for f in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(_frame(error.filename, error.lineno or 0, "<module>", root))
    return [f for f in frames if f is not None]


def _frame(filename: str, line: int, function: str, root: str) -> Frame | None:
    """The frame, when it lies in the student's own files."""
    if not root or not os.path.abspath(filename).startswith(root + os.sep):
        return None
    name = os.path.relpath(filename, root).replace(os.sep, "/")
    return Frame(name, line, function[:80], linecache.getline(filename, line).strip()[:200])
