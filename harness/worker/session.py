"""One worker process, seen from the grader: start it, send it calls, get outcomes, end it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from harness import wire
from harness.assignments.contract import Limits
from harness.worker import cgroup, isolation, kept, launch, starting
from harness.worker.clock import Clock, cpu_seconds
from harness.worker.folders import Folder, lay_out
from harness.worker.isolation import Level
from harness.worker.jail.places import SUBMISSION
from harness.worker.received import Received

START = Limits(cpu_call=120.0, wall_call=240.0, cpu_submission=120.0, wall_submission=240.0)
"""Time a worker has to import its array library: none of it is the student's."""
MOST_READ = 64
"""How often to look for what a worker that has ended had sent: what it left behind may be sending still."""
POLL = 0.1
"""Seconds between looks at a worker's clock while it is silent."""

_ROOM = bytearray(1 << 18)
"""Where bytes of a worker's arrive, of one session at a time: taken anew each time, it would be cleared each time."""


class Ended(msgspec.Struct, frozen=True):
    """A worker that stopped answering: it ran out of time, died, or broke the protocol."""

    why: str
    timeout: bool = False


class StartFault(Exception):
    """A worker did not start: a fault of the grader or its machine, not of any submission."""


class Result(msgspec.Struct, frozen=True):
    """What one call returned: the arrays by name, what came instead of an array, inputs that were changed, and
    settings and random generators that were not left as they were."""

    arrays: Mapping[str, Any]
    instead: dict[str, str] = {}
    changed: tuple[str, ...] = ()
    left: tuple[wire.Leftover, ...] = ()


Outcome = Result | wire.Failure | Ended
Answer = tuple[wire.Reply, bytes]
LOADING = -1
"""Stands for the number of what is no call."""
Message = tuple[wire.Call, Sequence[np.ndarray[Any, Any]]]


class Session:
    """A worker process with a submission's files in a temporary folder of its own. Use as a context manager."""

    def __init__(
        self,
        files: dict[str, bytes],
        library: str,
        drivers: Sequence[str],
        limits: Limits,
        level: Level = "process",
        support: Sequence[str] = (),
    ) -> None:
        self.limits, self.level, self.output, self.alive = limits, level, bytearray(), True
        self._owned = contextlib.ExitStack()
        try:
            self._begin(files, library, drivers, support)
        except BaseException:
            self.close()
            raise

    def _begin(self, files: dict[str, bytes], library: str, drivers: Sequence[str], support: Sequence[str]) -> None:
        """Start the worker. What there is when a step fails, `close` knows of."""
        limits, level, self.folder = self.limits, self.level, self._owned.enter_context(Folder())
        lay_out(files, self.folder / "submission")
        jail = launch.Jail(isolation.LAYERS[level], tuple(support))
        self.root = SUBMISSION if "namespaces" in jail.layers else str(self.folder / "submission")
        self.group = cgroup.of_a_worker(limits)
        if self.group:
            self._owned.callback(self.group.close)
        self.started = time.monotonic()
        self.kept = kept.new()
        self._owned.callback(os.close, self.kept)
        given = [self.kept, self.group.door] if self.group else [self.kept]
        self.process, self.channel = starting.start(given, self.folder, library, drivers, limits, jail)
        self._owned.callback(self._stop)
        self.number, self.cpu_started, self.cpu_before = self.process.pid, 0.0, 0.0
        self.channel.setblocking(False)
        self.selector = self._owned.enter_context(selectors.DefaultSelector())
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.selector.register(self.channel, selectors.EVENT_READ)
        self.received, self.read, self.room = bytearray(), 0, memoryview(_ROOM)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def cpu_used(self) -> float:
        """Seconds of CPU time since the worker was ready; none where it has ended or the system does not tell."""
        return max((cpu_seconds(self.number) or 0.0) - self.cpu_started, 0.0)

    def close(self) -> None:
        """End the worker and everything it started, and remove its folder."""
        self._owned.close()

    def _stop(self) -> None:
        self._kill()
        self.process.wait()
        self.channel.close()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def load(self, request: wire.Load, patience: float = 1.0) -> wire.Loaded | Ended:
        """Import the submission; its time is bounded like a call's, or `patience` times that."""
        cpu, wall = patience * self.limits.cpu_call, patience * self.limits.wall_call
        limits = msgspec.structs.replace(self.limits, cpu_call=cpu, wall_call=wall)
        reply = next(self._exchange(wire.pack(request), [LOADING], limits))
        if isinstance(reply, Ended):
            return reply
        header, _ = reply
        if not isinstance(header, wire.Loaded):
            return self._broken("an answer to another question")
        excuses = [self._believed(failure) for failure in (*header.failures.values(), *header.cells.values())]
        return next((e for e in excuses if isinstance(e, Ended)), header)

    def wait_until_ready(self) -> None:
        """Wait for the worker's first message. Raises `StartFault` when it does not come."""
        reply = next(self._exchange(b"", [LOADING], START))
        if isinstance(reply, Ended) or not isinstance(reply[0], wire.Ready):
            why = reply.why if isinstance(reply, Ended) else "it sent something else"
            said = bytes(self.output[-500:]).decode(errors="replace")
            raise StartFault(f"a worker did not start ({why}); it printed: {said or 'nothing'}")
        self.number = reply[0].process
        self.cpu_started = cpu_seconds(self.number) or 0.0

    def run(self, messages: Sequence[Message]) -> Iterator[Outcome]:
        """Outcomes of the calls, in order, as they arrive. After an `Ended` nothing more comes."""
        return self.replay(b"".join(wire.frames(messages)), [call.id for call, _ in messages])

    def replay(self, frames: bytes, numbers: Sequence[int]) -> Iterator[Outcome]:
        """The same for calls that are packed already, and have these numbers."""
        replies = self._exchange(frames, numbers, self.limits)
        for number, reply in zip(numbers, replies, strict=False):
            outcome = reply if isinstance(reply, Ended) else self._outcome(number, *reply)
            yield outcome
            if isinstance(outcome, Ended):
                return

    def _outcome(self, number: int, header: wire.Reply, payload: bytes) -> Outcome:
        if isinstance(header, wire.Ready | wire.Loaded) or header.id != number:
            return self._broken("an answer to another question")
        if isinstance(header, wire.Raised):
            return self._out_of_memory() if header.failure.kind == "MemoryError" else self._believed(header.failure)
        instead = {s.name: s.instead for s in header.outputs if s.instead}
        return Result(Received(header.outputs, payload), instead, header.changed, header.left)

    def _believed(self, failure: wire.Failure) -> wire.Failure | Ended:
        """The failure, unless it has an excuse that cannot be true."""
        if failure.unwritable and self.level != "restricted":
            return self._broken("an excuse for a failure that is none here")
        return failure

    def _exchange(self, sent: bytes, numbers: Sequence[int], limits: Limits) -> Iterator[Answer | Ended]:
        """Send everything while reading answers as they come, each within its time, to the calls with these numbers."""
        if not self.alive:
            yield Ended("the worker had already ended")
            return
        outbox = memoryview(sent)
        for place in range(len(numbers)):
            reply, clock = self._next_message(), None
            while reply is None:
                clock = clock or Clock(self.number, limits, self.started, self.cpu_before + self.cpu_used())
                late = clock.late()
                if late:
                    yield from self._ending(self._end(late, timeout=True), numbers[place:])
                    return
                try:
                    outbox = self._transfer(outbox)
                except ConnectionError:
                    yield from self._ending(self._end(self._cause_of_death()), numbers[place:])
                    return
                reply = self._next_message()
            yield reply
            if isinstance(reply, Ended):
                return

    def _ending(self, end: Ended, numbers: Sequence[int]) -> Iterator[Answer | Ended]:
        """What the worker had answered when it ended, and its end: what it had sent, then what it kept to be sent.

        What was sent may have been kept still, so an answer is taken once.
        """
        with contextlib.suppress(ConnectionError, BlockingIOError):
            for _ in range(MOST_READ):
                self._receive()
        waiting = list(numbers)
        for heard in (bytes(self.received[self.read :]), kept.read(self.kept)):
            self.received, self.read = bytearray(heard), 0
            while waiting and isinstance(answer := self._next_message(), tuple):
                if getattr(answer[0], "id", None) == waiting[0]:
                    del waiting[0]
                    yield answer
        yield end

    def _transfer(self, outbox: memoryview) -> memoryview:
        """Move bytes for at most `POLL` seconds. Raises `ConnectionError` when the worker is gone."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if outbox else 0)
        if self.selector.get_key(self.channel).events != events:
            self.selector.modify(self.channel, events)
        for key, ready in self.selector.select(POLL):
            if key.fileobj is not self.channel:
                self._drain_output()
                continue
            if ready & selectors.EVENT_READ:
                self._receive()
            if ready & selectors.EVENT_WRITE:
                outbox = outbox[self.channel.send(outbox[: 1 << 18]) :]
        return outbox

    def _receive(self) -> None:
        count = self.channel.recv_into(self.room)
        if not count:
            raise ConnectionError
        del self.received[: self.read]
        self.read = 0
        self.received += self.room[:count]

    def _drain_output(self) -> None:
        """Keep the first part of what the submission prints, throw the rest away."""
        stream = self.process.stdout
        assert stream is not None
        chunk = stream.read(1 << 16)
        if not chunk:
            self.selector.unregister(stream)
            return
        self.output += chunk[: max(0, self.limits.output - len(self.output))]

    def _next_message(self) -> Answer | Ended | None:
        start = self.read + wire.PREFIX.size
        if len(self.received) < start:
            return None
        head, body = wire.PREFIX.unpack_from(self.received, self.read)
        if head > wire.MAX_HEADER or body > self.limits.reply:
            return self._broken(f"a reply of {head + body} bytes (at most {self.limits.reply})")
        end = start + head + body
        if len(self.received) < end:
            return None
        self.read = end
        with memoryview(self.received) as received:
            header, payload = bytes(received[start : start + head]), bytes(received[start + head : end])
        try:
            return wire.understood(header, len(payload)), payload
        except wire.ProtocolError as error:
            return self._broken(str(error))

    def _broken(self, what: str) -> Ended:
        return self._end(f"the submission's process sent {what}")

    def _out_of_memory(self) -> Ended:
        """What an interpreter does after running out of memory proves nothing, so it does not go on."""
        return self._end(self._memory_is_used_up())

    def _memory_is_used_up(self) -> str:
        return f"the submission ran out of memory (more than {self.limits.memory >> 20} MiB)"

    def _end(self, why: str, timeout: bool = False) -> Ended:
        self._kill()
        return Ended(why, timeout)

    def _kill(self) -> None:
        self.alive = False
        with contextlib.suppress(ProcessLookupError, PermissionError):  # already gone
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()  # which, just forked, leads no group yet
        if self.group:
            self.group.kill()

    def _cause_of_death(self) -> str:
        try:
            code = self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:  # it closed its socket and lives on
            return "the submission closed the connection to the grader"
        if self.group and self.group.ran_out_of_memory:
            return self._memory_is_used_up()
        if code < 0:
            return f"the submission's process was ended by {signal.Signals(-code).name}"
        return f"the submission ended its own process (exit code {code})"
