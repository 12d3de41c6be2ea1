"""MessagePack (msgpack.org), as far as messages and banks use it: nothing, truth, numbers, text, lists and maps."""

import struct
from typing import Any

from .checked import DecodeError, convert
from .structs import Struct

DEEPEST = 64
"""Lists in lists; a message that is nested further is no message of ours."""
_NUMBERS = {
    **{0xCC + i: ">" + sign for i, sign in enumerate("BHIQ")},
    **{0xD0 + i: ">" + sign for i, sign in enumerate("bhiq")},
    0xCA: ">f",
    0xCB: ">d",
}
_TEXT, _LIST, _MAP = "text", "list", "map"
_SIZED = {
    0xD9: (_TEXT, ">B"),
    0xDA: (_TEXT, ">H"),
    0xDB: (_TEXT, ">I"),
    0xDC: (_LIST, ">H"),
    0xDD: (_LIST, ">I"),
    0xDE: (_MAP, ">H"),
    0xDF: (_MAP, ">I"),
}
_SHORT = {0x80: (_MAP, 0x0F), 0x90: (_LIST, 0x0F), 0xA0: (_TEXT, 0x1F), 0xB0: (_TEXT, 0x1F)}
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}


class Encoder:
    """Writes messages."""

    def encode(self, value: Any) -> bytes:
        """The bytes of a message."""
        return encode(value)


class Decoder:
    """Reads messages of one type."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def decode(self, data: bytes) -> Any:
        """The message in `data`. Raises `DecodeError`."""
        return decode(data, type=self.kind)


def encode(value: Any) -> bytes:
    """The bytes of a message."""
    parts: list[bytes] = []
    _write(value, parts.append)
    return b"".join(parts)


def decode(data: bytes, *, type: Any = Any) -> Any:
    """The message in `data`, as a `type`. Raises `DecodeError`."""
    reader = _Reader(bytes(data))
    value = reader.value(0)
    if reader.at != len(reader.data):
        raise DecodeError("something follows after the message")
    return convert(value, type)


def _write(value: Any, put: Any) -> None:
    if value is None or value is True or value is False:
        put(bytes([{None: 0xC0, False: 0xC2, True: 0xC3}[value]]))
    elif isinstance(value, int):
        put(struct.pack(">Bq", 0xD3, value) if value < 1 << 63 else struct.pack(">BQ", 0xCF, value))
    elif isinstance(value, float):
        put(struct.pack(">Bd", 0xCB, value))
    elif isinstance(value, str):
        text = value.encode("utf-8")
        put(struct.pack(">BI", 0xDB, len(text)) + text)
    elif isinstance(value, Struct):
        _write_record(value, put)
    elif isinstance(value, dict):
        put(struct.pack(">BI", 0xDF, len(value)))
        for key, each in value.items():
            _write(key, put)
            _write(each, put)
    elif isinstance(value, (list, tuple, set, frozenset)):
        put(struct.pack(">BI", 0xDD, len(value)))
        for each in value:
            _write(each, put)
    else:
        raise TypeError(f"a message cannot hold a {type(value).__name__}")


def _write_record(value: Any, put: Any) -> None:
    kind = type(value)
    fields = {field: getattr(value, field) for field in kind.__fields__}
    tagged = {"type": kind.__tag__} if kind.__tag__ else {}
    _write(list(fields.values()) if kind.__array_like__ else {**tagged, **fields}, put)


class _Reader:
    """Reads values one after the other. What comes is an adversary's: nothing is believed that is not there."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def value(self, depth: int) -> Any:
        """The next value, in `depth` lists and maps."""
        if depth > DEEPEST:
            raise DecodeError("nested too deep")
        (mark,) = self._take(1)
        if mark in _CONSTANTS:
            return _CONSTANTS[mark]
        if mark in _NUMBERS:
            return self._number(_NUMBERS[mark])
        if mark < 0x80 or mark >= 0xE0:
            return mark if mark < 0x80 else mark - 256
        if mark in _SIZED:
            kind, form = _SIZED[mark]
            return self._sized(kind, self._number(form), depth)
        if mark & 0xF0 in _SHORT:
            kind, bits = _SHORT[mark & 0xF0]
            return self._sized(kind, mark & bits, depth)
        raise DecodeError(f"byte {mark:#x} begins nothing that a message holds")

    def _take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise DecodeError("it is not complete")
        self.at += size
        return self.data[self.at - size : self.at]

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _sized(self, kind: str, size: int, depth: int) -> Any:
        if kind == _TEXT:
            try:
                return self._take(size).decode("utf-8")
            except UnicodeDecodeError as error:
                raise DecodeError("text that is not UTF-8") from error
        if size > len(self.data) - self.at:
            raise DecodeError("it is not complete")
        if kind == _LIST:
            return [self.value(depth + 1) for _ in range(size)]
        found: dict[Any, Any] = {}
        for _ in range(size):
            key = self.value(depth + 1)
            if not isinstance(key, (str, int)):
                raise DecodeError("a map whose keys are no names")
            found[key] = self.value(depth + 1)
        return found
