"""The file in which a worker keeps answers until it sends them, open in the grader too, which reads it in the end."""

from __future__ import annotations

import os
import sys
import tempfile

from harness.wire import COUNT, KEPT


def new() -> int:
    """The descriptor of a file without a name, in memory where that can be, with nothing in it yet."""
    if sys.platform == "linux" and hasattr(os, "memfd_create"):  # a Python built for older systems has none
        file = os.memfd_create("answers")
    else:
        with tempfile.TemporaryFile() as temporary:
            file = os.dup(temporary.fileno())
    os.ftruncate(file, KEPT)
    return file


def read(file: int) -> bytes:
    """The answers in it. A worker may write into it what it likes; it is no more than can be in it."""
    content = os.pread(file, KEPT, 0)
    end, *_ = COUNT.unpack_from(content.ljust(COUNT.size, b"\0"))
    return content[COUNT.size : end]
