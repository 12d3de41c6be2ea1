"""Tries a jail from the inside: what must not work does not, and what an array library needs does."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any

from harness.worker.jail import places


def troubles(jail: dict[str, Any]) -> list[str]:
    """What is wrong with the jail this process is in, in words; nothing when it holds."""
    own_files = "namespaces" in jail["layers"]
    found = []
    if "landlock" in jail["layers"]:
        found += _possible("a file outside can be read", lambda: os.open(jail["trial"], os.O_RDONLY))
        found += _possible("a file outside can be written", lambda: os.open(jail["trial"], os.O_WRONLY))
    if "seccomp" in jail["layers"]:
        found += _possible("a socket can be opened", _socket)
        found += _possible("a process can be started", lambda: os.fork() or os._exit(0))
    if own_files:
        found += _impossible("the scratch folder cannot be written", _scratch)
    return [*found, *_impossible("the standard library cannot be imported", _imports)]


def _possible(sentence: str, attempt: Callable[[], object]) -> list[str]:
    with contextlib.suppress(OSError):
        attempt()
        return [sentence]
    return []


def _impossible(sentence: str, attempt: Callable[[], object]) -> list[str]:
    try:
        attempt()
    except (OSError, ImportError) as error:
        return [f"{sentence} ({error})"]
    return []


def _socket() -> None:
    import socket

    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def _scratch() -> None:
    path = os.path.join(places.SCRATCH, "trial")
    os.close(os.open(path, os.O_CREAT | os.O_RDWR))
    os.unlink(path)


def _imports() -> None:
    import decimal  # noqa: F401
    import random  # noqa: F401
    import threading

    thread = threading.Thread(target=_nothing)
    thread.start()
    thread.join()


def _nothing() -> None:
    """A thread's work."""
