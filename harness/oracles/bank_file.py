"""The form of a bank on disk: a header that says what it holds, and the arrays, to be mapped into memory."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from harness.cases.case import Case

Array = np.ndarray[Any, Any]
Part = dict[str, Array]

MAGIC = b"harness bank 1\n"
"""The last number is the version of this form; a file of another one is not read."""
ALIGNMENT = 64
"""Bytes: the start of every array is a multiple, as numpy and the processor's caches like it."""
SIZE = 8
"""Bytes of a number."""
BEFORE_HEADER = len(MAGIC) + hashlib.sha256().digest_size + 2 * SIZE


class Damaged(Exception):
    """A file that does not hold what it should, in a few words."""


class Spec(msgspec.Struct, frozen=True, array_like=True):
    """Where an array is: its dtype, its shape, and its first byte after the header."""

    dtype: str
    shape: tuple[int, ...]
    start: int


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A case, and its arrays: inputs, expected results, what is allowed."""

    case: Case
    parts: tuple[dict[str, Spec], ...]


class Header(msgspec.Struct, frozen=True):
    """What the file is about, and what is in it. `about` tells the library versions it was made with."""

    about: dict[str, str]
    rows: tuple[Row, ...]


def encode(about: Mapping[str, str], rows: Sequence[tuple[Case, Sequence[Part]]]) -> Iterator[bytes]:
    """The bytes of a file, in pieces."""
    payload: list[bytes] = []
    written, start = [], 0
    for case, parts in rows:
        specs: list[dict[str, Spec]] = []
        for part in parts:
            specs.append({})
            for name, array in part.items():
                specs[-1][name] = Spec(array.dtype.str, array.shape, start)
                data = array.tobytes()
                payload.append(data.ljust(_aligned(len(data)), b"\0"))
                start += len(payload[-1])
        written.append(Row(case, tuple(specs)))
    header = msgspec.msgpack.encode(Header(dict(about), tuple(written)))
    sizes = len(header).to_bytes(SIZE) + start.to_bytes(SIZE)
    header += bytes(_aligned(BEFORE_HEADER + len(header)) - BEFORE_HEADER - len(header))
    digest = hashlib.sha256(header)
    for piece in payload:
        digest.update(piece)
    yield from (MAGIC, digest.digest(), sizes, header)
    yield from payload


def read(path: Path, about: Mapping[str, str]) -> list[tuple[Case, tuple[Part, ...]]]:
    """Cases and their arrays, which are read-only and stay on the disk until they are looked at.

    Raises `Damaged` where any bit is not as it was written, or the file is about something else; `OSError`.
    """
    with path.open("rb") as file:
        content = memoryview(_mapped(file.fileno()))
    header, payload = _checked(content)
    if header.about != about:
        raise Damaged("it is about something else")
    return [
        (row.case, tuple({name: _array(payload, spec) for name, spec in part.items()} for part in row.parts))
        for row in header.rows
    ]


def _checked(content: memoryview) -> tuple[Header, memoryview]:
    """The header and the bytes of the arrays, after every byte has been compared with its digest."""
    if len(content) < BEFORE_HEADER or content[: len(MAGIC)] != MAGIC:
        raise Damaged("it is no bank of this version")
    sizes = content[BEFORE_HEADER - 2 * SIZE : BEFORE_HEADER]
    header_end = BEFORE_HEADER + int.from_bytes(sizes[:SIZE])
    start = _aligned(header_end)
    if len(content) != start + int.from_bytes(sizes[SIZE:]):
        raise Damaged("it is not complete")
    if hashlib.sha256(content[BEFORE_HEADER:]).digest() != content[len(MAGIC) : BEFORE_HEADER - 2 * SIZE]:
        raise Damaged("its content is not what was written")
    return _header(content[BEFORE_HEADER:header_end]), content[start:]


def _header(data: memoryview) -> Header:
    try:
        return msgspec.msgpack.decode(data, type=Header)
    except msgspec.DecodeError as error:  # whole, and yet written by other code under the same number
        raise Damaged(f"its header cannot be read: {error}") from error


def _mapped(descriptor: int) -> mmap.mmap | bytes:
    try:
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    except ValueError:  # an empty file cannot be mapped
        return b""


def _array(payload: memoryview, spec: Spec) -> Array:
    return np.ndarray(spec.shape, spec.dtype, payload, spec.start)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
