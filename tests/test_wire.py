"""The protocol carries arrays faithfully, and refuses everything else before an array is made."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from harness import wire
from harness.wire import ArraySpec, ProtocolError


def _parts(message: bytes) -> tuple[bytes, bytes]:
    head, body = wire.PREFIX.unpack_from(message)
    start = wire.PREFIX.size
    assert len(message) == start + head + body
    return message[start : start + head], message[start + head :]


def _arrived(call: wire.Call, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array `x` of a call as the worker unpacks it."""
    header, payload = _parts(wire.pack(wire.Calls((call,)), [array]))
    request = wire.decode_request(header)
    assert isinstance(request, wire.Calls)
    return wire.views(request.calls[0].arrays, payload)[0]["x"]


@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128", "int64", "bool"])
@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0, 4)])
def test_arrays_arrive_as_they_were_sent(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    call = wire.Call(1, "op", (wire.describe("x", array),))
    got = _arrived(call, array)
    assert got.dtype == array.dtype
    assert got.shape == shape
    np.testing.assert_array_equal(got, array)


def test_fortran_order_arrives_as_the_same_matrix() -> None:
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    call = wire.Call(1, "op", (wire.describe("x", array),))
    np.testing.assert_array_equal(_arrived(call, array), array)


@pytest.mark.parametrize(
    "specs",
    [
        [ArraySpec("x", "float64", (3,))],  # more than was carried
        [ArraySpec("x", "float64", (1,))],  # less than was carried
        [ArraySpec("x", "object", (2,))],
        [ArraySpec("x", "O", (2,))],
        [ArraySpec("x", "float64", (-1, -2))],
        [ArraySpec("x", "float64", (2**40, 0))],
        [ArraySpec("x", "float64", (1,) * 40)],
        [ArraySpec("x", "float64", (1,)), ArraySpec("x", "float64", (1,))],
        [ArraySpec("x" * 1000, "float64", (2,))],
        [ArraySpec(f"x{i}", "float64", (0,)) for i in range(10_000)],
    ],
)
def test_a_header_that_does_not_fit_is_refused(specs: list[ArraySpec]) -> None:
    with pytest.raises(ProtocolError):
        wire.understood(msgspec.msgpack.encode(wire.Returned(1, tuple(specs))), 16)


@pytest.mark.parametrize("header", [b"", b"\xff", b"garbage", msgspec.msgpack.encode({"type": "Load"})])
def test_a_reply_that_is_no_reply_is_refused(header: bytes) -> None:
    with pytest.raises(ProtocolError, match="does not fit the protocol"):
        wire.understood(header, 0)


@pytest.mark.parametrize(("most", "size", "messages"), [(64, 1 << 19, 1), (2, 1 << 19, 3), (64, 100, 2), (64, 1, 5)])
def test_calls_go_many_to_a_message_and_none_is_lost(most: int, size: int, messages: int) -> None:
    arrays = [np.arange(6.0) + number for number in range(5)]
    sent = [(wire.Call(n, "op", (wire.describe("x", a),)), [a]) for n, a in enumerate(arrays)]
    found, frames = [], list(wire.frames(sent, most, size))
    for frame in frames:
        header, payload = _parts(frame)
        request, start = wire.decode_request(header), 0
        assert isinstance(request, wire.Calls)
        for call in request.calls:
            given, start = wire.views(call.arrays, payload, start)
            found.append((call.id, given["x"].tolist()))
        assert start == len(payload)
    assert found == [(n, a.tolist()) for n, a in enumerate(arrays)]
    assert len(frames) == messages
