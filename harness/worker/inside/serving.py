"""Answers the grader's messages: load the submission, run an operation, send back plain arrays."""

from __future__ import annotations

import socket
import warnings
from types import ModuleType
from typing import Any

import numpy as np

from harness import wire
from harness.worker.inside import loading, refusals
from harness.worker.inside.answers import Answers
from harness.worker.inside.arrays import Numpy, Torch
from harness.worker.inside.failures import failure_of
from harness.worker.inside.surroundings import Surroundings

Array = np.ndarray[Any, Any]
COMPLEX = b"complex"
"""In the header of every message that has complex numbers."""


class Hangup(Exception):
    """The grader closed the socket."""


def serve(descriptor: int, file: int, library: str, process: int) -> None:
    """Answer until the grader hangs up, who knows this process by the number `process`; it has the file open too."""
    channel = socket.socket(fileno=descriptor)
    arrays = Torch() if library == "torch" else Numpy()
    server = _Server(channel, Answers(channel, file), arrays)
    channel.sendall(wire.pack(wire.Ready(process)))
    try:
        while True:
            server.answer()
    except Hangup:
        return


class _Server:
    def __init__(self, channel: socket.socket, answers: Answers, arrays: Numpy) -> None:
        self.channel, self.answers, self.arrays = channel, answers, arrays
        self.surroundings = Surroundings(arrays.torch if isinstance(arrays, Torch) else None)
        self.code = loading.Code({}, "")
        self.driver: ModuleType | None = None
        self.draws = True, True
        """Whether the code may draw random numbers of NumPy's, and of Python's."""
        self.room, self.complex = bytearray(), False

    def answer(self) -> None:
        """One message in; one out, or one for each call, kept until there are several."""
        header_size, payload_size = wire.PREFIX.unpack(self._receive(wire.PREFIX.size))
        header = bytes(self._receive(header_size))
        request, self.complex = wire.decode_request(header), COMPLEX in header
        payload = self._receive(payload_size)
        if isinstance(request, wire.Load):
            self.channel.sendall(wire.pack(self._load(request)))
            return
        start = 0
        for call in request.calls:
            arrays, start = wire.views(call.arrays, payload, start)
            self.answers.add(self._packed(call, arrays))
        self.answers.send()

    def _receive(self, size: int) -> memoryview:
        """The next bytes, in room that the next message takes again; what is large has its own."""
        if size > len(self.room):
            room = bytearray(size)
            self.room = room if size <= wire.ENOUGH else self.room
        else:
            room = self.room
        data, got = memoryview(room)[:size], 0
        while got < size:
            count = self.channel.recv_into(data[got:])
            if not count:
                raise Hangup
            got += count
        return data.toreadonly()

    def _load(self, request: wire.Load) -> wire.Loaded:
        self.driver = loading.driver(request.driver)
        self.code, loaded = loading.load(request)
        self.draws = loading.draws(request)
        self.arrays.seed(0)
        return loaded

    def _packed(self, call: wire.Call, arrays: dict[str, Array]) -> bytes:
        """A call's answer; a result can be larger to send than it was to make."""
        try:
            return wire.pack(*self._call(call, arrays))
        except MemoryError as error:
            return wire.pack(wire.Raised(call.id, failure_of(error, self.code.root)))

    def _call(self, call: wire.Call, arrays: dict[str, Array]) -> tuple[wire.Reply, list[Array]]:
        inputs = self.arrays.inputs(arrays, call.layout)
        before = {name: self.arrays.copy(a) for name, a in inputs.items()} if call.watch else {}
        self.arrays.seed(call.seed, *((True, True) if call.watch else self.draws))
        settings = self.surroundings.before()
        refusals.forget()
        try:
            with warnings.catch_warnings():
                if self.complex and any(a.dtype.kind == "c" for a in arrays.values()):
                    self.arrays.strict_complex()
                outputs = self.driver.OPERATIONS[call.operation](self.code, dict(inputs))  # type: ignore[union-attr]
                specs, results = self.arrays.outputs(outputs)
        except BaseException as error:
            return wire.Raised(call.id, failure_of(error, self.code.root)), []
        changed = tuple(name for name in before if not self.arrays.same(before[name], inputs[name]))
        left = self.surroundings.left(settings, call.operation, call.seed, call.watch)
        return wire.Returned(call.id, specs, changed, left), results
