"""Answers on their way to the grader: several at a time, and found by it if this process ends before they are sent."""

from __future__ import annotations

import mmap
import os
import socket
from time import monotonic

from harness import wire

WAIT = 0.005
"""Seconds after which what has been answered is sent, so that a call is bounded by its own time and not by others'."""


class Answers:
    """Sends messages over a channel; until then they lie in a file that the grader has open as well."""

    def __init__(self, channel: socket.socket, file: int) -> None:
        """`file` is a descriptor of `wire.KEPT` bytes, closed here, as a mapping has one of its own."""
        self.channel, self.held, self.sent = channel, wire.COUNT.size, 0.0
        self.room = mmap.mmap(file, wire.KEPT)
        os.close(file)

    def add(self, message: bytes) -> None:
        """Have one more sent: soon, or at once where it is too long to be kept or the last sending was too long ago."""
        end = self.held + len(message)
        if end > wire.KEPT:
            self.send()
            end = self.held + len(message)
        if end > wire.KEPT:
            self.channel.sendall(message)
            return
        self.room[self.held : end] = message
        self._hold(end)
        if monotonic() - self.sent > WAIT:
            self.send()

    def send(self) -> None:
        """Send all that is held."""
        if self.held > wire.COUNT.size:
            with memoryview(self.room)[wire.COUNT.size : self.held] as waiting:
                self.channel.sendall(waiting)
            self._hold(wire.COUNT.size)
        self.sent = monotonic()

    def _hold(self, end: int) -> None:
        """Only now is what lies before `end` there for the grader."""
        self.held = end
        wire.COUNT.pack_into(self.room, 0, end)
