"""Answers the grader's messages: load the submission, run an operation, send back plain arrays."""

from __future__ import annotations

import socket
import warnings
from types import ModuleType
from typing import Any

import numpy as np

from harness import wire
from harness.worker.inside import loading, refusals
from harness.worker.inside.arrays import Numpy, Torch
from harness.worker.inside.failures import failure_of
from harness.worker.inside.surroundings import Surroundings


class Hangup(Exception):
    """The grader closed the socket."""


def serve(descriptor: int, library: str, process: int) -> None:
    """Answer until the grader hangs up, who knows this process by the number `process`."""
    channel = socket.socket(fileno=descriptor)
    arrays = Torch() if library == "torch" else Numpy()
    server = _Server(channel, arrays)
    channel.sendall(wire.pack(wire.Ready(process)))
    try:
        while True:
            server.answer()
    except Hangup:
        return


class _Server:
    def __init__(self, channel: socket.socket, arrays: Numpy) -> None:
        self.channel, self.arrays = channel, arrays
        self.surroundings = Surroundings(arrays.torch if isinstance(arrays, Torch) else None)
        self.code = loading.Code({}, "")
        self.driver: ModuleType | None = None

    def answer(self) -> None:
        """One message in, one message out."""
        header_size, payload_size = wire.PREFIX.unpack(self._receive(wire.PREFIX.size))
        request = wire.decode_request(self._receive(header_size))
        payload = self._receive(payload_size)
        reply: wire.Reply
        results: list[np.ndarray[Any, Any]] = []
        if isinstance(request, wire.Load):
            reply = self._load(request)
        else:
            reply, results = self._call(request, payload)
        self.channel.sendall(wire.pack(reply, results))

    def _receive(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            chunk = self.channel.recv(min(size - len(data), 1 << 20))
            if not chunk:
                raise Hangup
            data += chunk
        return bytes(data)

    def _load(self, request: wire.Load) -> wire.Loaded:
        self.driver = loading.driver(request.driver)
        self.code, loaded = loading.load(request)
        return loaded

    def _call(self, call: wire.Call, payload: bytes) -> tuple[wire.Reply, list[np.ndarray[Any, Any]]]:
        inputs = self.arrays.inputs(wire.unpack_arrays(call.arrays, payload), call.layout)
        before = {name: self.arrays.copy(a) for name, a in inputs.items()} if call.watch else {}
        self.arrays.seed(call.seed)
        settings = self.surroundings.before()
        refusals.forget()
        try:
            with warnings.catch_warnings():
                self.arrays.strict_complex(any(np.dtype(a.dtype).kind == "c" for a in call.arrays))
                outputs = self.driver.OPERATIONS[call.operation](self.code, dict(inputs))  # type: ignore[union-attr]
                specs, results = self.arrays.outputs(outputs)
        except BaseException as error:
            return wire.Raised(call.id, failure_of(error, self.code.root)), []
        changed = tuple(name for name in before if not self.arrays.same(before[name], inputs[name]))
        left = self.surroundings.left(settings, call.operation, call.seed, call.watch)
        return wire.Returned(call.id, specs, changed, left), results
