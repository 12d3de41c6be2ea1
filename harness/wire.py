"""The language between grader and worker: a typed msgspec header, then raw buffers. Nothing is ever unpickled.

A message is `<header length: u32><payload length: u64><header: msgpack><payload: the arrays' bytes, C order>`.
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import msgspec
import numpy as np

PREFIX = struct.Struct("<IQ")
COUNT, KEPT = struct.Struct("<Q"), 1 << 17
"""Answers that a worker has not sent yet lie in a file of so many bytes. It begins with where they end."""
MAX_HEADER = 1 << 20
MAX_ARRAYS = 512
MAX_NDIM = 8
MAX_NAME = 80
MAX_SIZE = 1 << 31
MOST_CALLS, ENOUGH = 64, 1 << 19
"""Calls, and bytes of arrays, after which a message is long enough: the worker begins when it has all of it."""
MOST_KNOWN, SHORT = 4096, 512
"""Headers of replies that are kept with what they say, and the bytes of each at most: 45 MB if all are made for it."""
DTYPES = frozenset(
    {"float16", "float32", "float64", "complex64", "complex128", "bool"}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)
_TYPES = {name: np.dtype(name) for name in DTYPES}

Leftover = Literal[
    "numpy_errors",
    "torch_dtype",
    "torch_gradients",
    "torch_threads",
    "numpy_random",
    "random",
    "torch_random",
]
"""What a call can leave otherwise than it found it: settings, and random generators that it set anew."""


class ProtocolError(Exception):
    """A message that breaks the protocol; on the grader's side, the work of an adversary or of a crash."""


class ArraySpec(msgspec.Struct, frozen=True, array_like=True):
    """One array of the payload, or what came instead of one (`instead` says what; it then has no bytes)."""

    name: str
    dtype: str = ""
    shape: tuple[int, ...] = ()
    instead: str = ""


class Load(msgspec.Struct, frozen=True, tag=True):
    """Import the student's modules: `files` maps each top-level name asked for to the file that defines it."""

    root: str
    files: dict[str, str]
    driver: str
    library: str
    supplied: dict[str, str] = {}
    forbidden: tuple[str, ...] = ()
    forbidden_rule: str = ""
    prelude: str = ""
    """A file whose code runs in each student module's namespace before the student's own."""
    snapshots: dict[str, tuple[str, ...]] = {}
    """Variables to keep where the submission calls `grader.check(name)`: their names, by the check's."""
    cells_cpu: float = 0.0
    """Seconds of CPU time that a notebook's cells have all together."""
    cells_wall: float = 0.0
    aliases: dict[str, tuple[str, ...]] = {}
    """Other names a top-level name may have."""
    bystanders: tuple[str, ...] = ()
    """Handout modules that are inert where they are not handed in, by the last part of their names."""
    adapted: tuple[str, ...] = ()
    """Methods (`Class.method`) whose absence the driver copes with."""


class Call(msgspec.Struct, frozen=True, array_like=True):
    """One driver operation on some arrays."""

    id: int
    operation: str
    arrays: tuple[ArraySpec, ...]
    seed: int = 0
    layout: str = "C"
    watch: bool = False
    """Whether to compare the inputs, and look at random generators, before and after."""


class Calls(msgspec.Struct, frozen=True, tag=True):
    """Run these operations, one after the other, each answered by itself; their arrays follow in the same order."""

    calls: tuple[Call, ...]


class Frame(msgspec.Struct, frozen=True):
    """One frame of a traceback, in the student's own files."""

    file: str
    line: int
    function: str
    text: str = ""


class Failure(msgspec.Struct, frozen=True):
    """An exception of the student's code. All of it is text of an adversary."""

    kind: str
    message: str
    frames: tuple[Frame, ...] = ()
    unwritable: str = ""
    """The file it was to write, where there is no folder to write to and that is why it was raised."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """A worker's first message: its array library is imported, and no code of the student's has run."""

    process: int
    """The number by which the grader's system knows the worker."""


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """The student's modules are imported: what failed (by file), which names are there, what was supplied.

    `called` holds the names that differ from those asked for, `lacks` the adapted methods that are not there.
    """

    failures: dict[str, Failure]
    defined: tuple[str, ...]
    notes: tuple[str, ...] = ()
    supplied: tuple[str, ...] = ()
    snapshots: tuple[str, ...] = ()
    """The checks the submission called, of those whose variables were asked for."""
    cells: dict[str, Failure] = {}
    """What went wrong in a notebook's cells, by place; the others ran."""
    called: dict[str, str] = {}
    lacks: tuple[str, ...] = ()


class Returned(msgspec.Struct, frozen=True, tag=True):
    """An operation's results, the names of inputs it changed, and what it left otherwise than it found it."""

    id: int
    outputs: tuple[ArraySpec, ...]
    changed: tuple[str, ...] = ()
    left: tuple[Leftover, ...] = ()


class Raised(msgspec.Struct, frozen=True, tag=True):
    """An operation that raised."""

    id: int
    failure: Failure


Request = Load | Calls
Reply = Ready | Loaded | Returned | Raised

_encoder = msgspec.msgpack.Encoder()
decode_request = msgspec.msgpack.Decoder(Request).decode
decode_reply: Callable[[bytes], Reply] = msgspec.msgpack.Decoder(Reply).decode


def pack(header: Request | Reply, arrays: Sequence[np.ndarray[Any, Any]] = ()) -> bytes:
    """`header` and the arrays it announces, as one message."""
    head = _encoder.encode(header)
    payload = [a.tobytes() for a in arrays]
    return b"".join([PREFIX.pack(len(head), sum(map(len, payload))), head, *payload])


def frames(
    messages: Sequence[tuple[Call, Sequence[np.ndarray[Any, Any]]]], most: int = MOST_CALLS, size: int = ENOUGH
) -> Iterator[bytes]:
    """The calls and their arrays, many to a message: a new one after so many calls, or bytes."""
    calls: list[Call] = []
    arrays: list[np.ndarray[Any, Any]] = []
    held = 0
    for call, its in messages:
        calls.append(call)
        arrays += its
        held += sum([a.nbytes for a in its])
        if len(calls) >= most or held >= size:
            yield pack(Calls(tuple(calls)), arrays)
            calls, arrays, held = [], [], 0
    if calls:
        yield pack(Calls(tuple(calls)), arrays)


def describe(name: str, array: np.ndarray[Any, Any]) -> ArraySpec:
    """The header entry for `array`."""
    return ArraySpec(name, dtype_name(array.dtype), array.shape)


@functools.cache
def dtype_name(dtype: np.dtype[Any]) -> str:
    """NumPy puts the name together anew whenever it is asked."""
    return dtype.name


def understood(header: bytes, payload: int) -> Reply:
    """What a reply says, with so many bytes of arrays. Raises `ProtocolError` before any array is made of bad data.

    Right submissions answer alike, so what was understood once is known, unless it is long.
    """
    return _known(header, payload) if len(header) <= SHORT else _understood(header, payload)


def _understood(header: bytes, payload: int) -> Reply:
    try:
        reply = decode_reply(header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"a header that does not fit the protocol ({error})") from error
    if isinstance(reply, Returned):
        _check(reply.outputs, payload)
    return reply


_known = functools.lru_cache(MOST_KNOWN)(_understood)


def views(
    specs: Sequence[ArraySpec], payload: bytes | memoryview, start: int = 0
) -> tuple[dict[str, np.ndarray[Any, Any]], int]:
    """The arrays that begin at byte `start`, unchecked, and where they end."""
    arrays = {}
    for spec in specs:
        if not spec.instead:
            array = arrays[spec.name] = np.ndarray(spec.shape, _TYPES[spec.dtype], payload, start)
            start += array.nbytes
    return arrays, start


def _check(specs: Sequence[ArraySpec], payload: int) -> None:
    """Count, names, dtypes, shapes and sizes of everything announced, before any of it is believed."""
    if len(specs) > MAX_ARRAYS or len({s.name for s in specs}) != len(specs):
        raise ProtocolError(f"a message that announced {len(specs)} arrays (at most {MAX_ARRAYS}, each name once)")
    announced = 0
    for spec in specs:
        if len(spec.name) > MAX_NAME:
            raise ProtocolError(f"a message that announced an array whose name has {len(spec.name)} letters")
        size = _size(spec.shape, spec.dtype if not spec.instead else "bool")
        announced += size if not spec.instead else 0
    if announced != payload:
        raise ProtocolError(f"a message that announced {announced} bytes of arrays, and carried {payload}")


@functools.lru_cache(maxsize=4096)
def _size(shape: tuple[int, ...], dtype: str) -> int:
    """Bytes of an array; the same few are announced all the time. Raises `ProtocolError` where there is none such."""
    if dtype not in DTYPES:
        raise ProtocolError(f"a message that announced an array of unknown dtype {dtype[:40]!r}")
    if len(shape) > MAX_NDIM or any(not 0 <= size <= MAX_SIZE for size in shape):
        raise ProtocolError("a message that announced an array of impossible shape")
    if math.prod(size or 1 for size in shape) > MAX_SIZE:  # numpy multiplies the others even beside a zero
        raise ProtocolError("a message that announced an array of impossible size")
    return math.prod(shape) * np.dtype(dtype).itemsize
