"""The protocol carries arrays faithfully, and refuses everything else before an array is made."""

from __future__ import annotations

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


@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128", "int64", "bool"])
@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0, 4)])
def test_arrays_arrive_as_they_were_sent(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    call = wire.Call(1, "op", (wire.describe("x", array),))
    header, payload = _parts(wire.pack(call, [array]))
    got = wire.unpack_arrays(wire.decode_request(header).arrays, payload)["x"]
    assert got.dtype == array.dtype
    assert got.shape == shape
    np.testing.assert_array_equal(got, array)


def test_fortran_order_arrives_as_the_same_matrix() -> None:
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    call = wire.Call(1, "op", (wire.describe("x", array),))
    header, payload = _parts(wire.pack(call, [array]))
    np.testing.assert_array_equal(wire.unpack_arrays(wire.decode_request(header).arrays, payload)["x"], array)


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
        wire.unpack_arrays(specs, bytes(16))


@pytest.mark.parametrize("header", [b"", b"\xff", b"garbage", msgspec.msgpack.encode({"type": "Load"})])
def test_a_reply_that_is_no_reply_is_refused(header: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        wire.decode_reply(header)
