"""A warm parent of workers, seen from the grader: asked for one, told of its end, ended itself.

It is a fresh interpreter, so it has never held an answer. It ends with the grader, and its workers end with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from harness.worker import launch
from harness.worker.view import view

WARMING, PATIENCE = 60.0, 10.0
"""Seconds that the first answer of a zygote may take, and every other one. A fork takes milliseconds."""


class Lost(Exception):
    """A zygote that has ended or does not answer. There is no more of it."""


class Zygote:
    """One warm parent, for workers with the same array library, drivers and level."""

    def __init__(self, library: str, drivers: Sequence[str], layers: Sequence[str], place: str) -> None:
        """`place` is where the folders of its workers are made."""
        self.door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            shared = launch.shared(library, drivers)
            setup = {**shared, "zygote": {**_view(shared, drivers, place), "drivers": drivers, "layers": layers}}
            self.process = launch.interpreter([theirs.fileno()], setup, Path("/"), "/", subprocess.DEVNULL)
        self.door.settimeout(WARMING)
        self.lock, self.alive, self.workers = threading.Lock(), True, set[int]()

    def worker(self, told: dict[str, Any], given: Sequence[int]) -> Forked:
        """A new worker, given what `launch.start` says. Raises `Lost`."""
        reading, writing = os.pipe()
        try:
            with launch.written(told) as file:
                number = self._asked({"worker": True}, (writing, file.fileno(), *given))
            if not isinstance(number, int):
                raise self._lost(f"it answered {number!r} where a process was asked for")
            self.workers.add(number)
            return Forked(self, number, reading)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)

    def status(self, number: int) -> int | None:
        """How a worker of its ended, which nobody can ask twice; None where it has not. Raises `Lost`."""
        self.workers.discard(number)
        status = self._asked({"ended": number})
        return status if isinstance(status, int) else None

    def _asked(self, request: dict[str, Any], given: Sequence[int] = ()) -> object:
        with self.lock:
            if not self.alive:
                raise Lost("it has ended before")
            try:
                socket.send_fds(self.door, [json.dumps(request).encode()], given)
                answer = self.door.recv(100)
                self.door.settimeout(PATIENCE)
            except OSError as error:  # TimeoutError is one
                raise self._lost(str(error)) from error
            except BaseException:  # interrupted: the answer would be taken for that to the next question
                self.end()
                raise
            if not answer:
                raise self._lost("it has ended")
            return json.loads(answer)

    def _lost(self, why: str) -> Lost:
        self.end()
        return Lost(why)

    def end(self) -> None:
        """End it, even one that is stopped, and all its workers with it."""
        self.alive = False
        with contextlib.suppress(ProcessLookupError):  # ended already
            self.process.kill()
        self.process.wait()
        self.door.close()

    def let_go(self) -> None:
        """In a copy of the grader's process: leave it to the grader."""
        self.alive = False
        self.door.close()


def _view(shared: dict[str, Any], drivers: Sequence[str], place: str) -> dict[str, Any]:
    """What a zygote may see where it cannot see everything: what any of its workers may."""
    files = (shared["modules"][driver] for driver in drivers)
    support = [os.path.join(os.path.dirname(file), "support") for file in files]
    seen = view(shared["modules"], shared["libraries"], [*support, place])
    return {"parent": launch.guardian(), "readable": seen.readable, "listable": seen.listable}


class Forked:
    """A worker whose parent is a zygote, with as much of `subprocess.Popen` as a session uses."""

    def __init__(self, zygote: Zygote, number: int, reading: int) -> None:
        """`reading` is the end of the pipe that what it prints comes out of. Raises `Lost`."""
        self.zygote, self.pid = zygote, number
        self.returncode: int | None = None
        try:
            self._end = os.pidfd_open(number)
        except OSError as error:
            raise zygote._lost(f"its worker cannot be watched: {error}") from error
        self.stdout: IO[bytes] | None = os.fdopen(reading, "rb")

    def kill(self) -> None:
        """End it, unless it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has, and its zygote with it
                signal.pidfd_send_signal(self._end, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended: an exit code, or a signal's number below zero. Raises `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            watch = select.poll()
            watch.register(self._end, select.POLLIN)
            if not watch.poll(None if timeout is None else 1000 * timeout):
                raise subprocess.TimeoutExpired("a worker", timeout or 0.0)
            self.returncode = self._ended()
            os.close(self._end)
        return self.returncode

    def _ended(self) -> int:
        """The number is its own until the zygote has been asked, so whatever it left behind is ended first."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        try:
            status = self.zygote.status(self.pid)
        except Lost:  # it took its workers along, or nobody can tell
            status = signal.SIGKILL
        return os.waitstatus_to_exitcode(signal.SIGKILL if status is None else status)
