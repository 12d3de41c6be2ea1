"""Reads what a tar archive lists, in one pass over bytes in memory.

The standard library's reader takes a broken header for the end, and headers made for it can cost it hours or gigabytes.
Formats: v7, ustar, GNU long names, pax; https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

BLOCK = 512
_REGULAR, _FOLDER, _WITHOUT_CONTENT = b"0\0" + b"7", b"5", b"123456"
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"xX", b"g"


class NotATar(ValueError):
    """The first block is no header at all."""


class Entry(msgspec.Struct, frozen=True):
    """One entry: its path as written, whether it is a folder or a plain file, and where its content lies."""

    name: str
    is_folder: bool
    is_plain: bool
    start: int
    size: int


def entries(data: bytes) -> Iterator[Entry]:
    """Every entry in order. Raises `NotATar`, and `ValueError` where a header is broken or the end is missing."""
    if not data:
        raise NotATar("it is empty")
    at, about = 0, dict[str, bytes]()
    while any(header := data[at : at + BLOCK]):
        kind, start, size = _checked(header, at), at + BLOCK, _number(header[124:136])
        size = int(about["size"]) if about.get("size", b"").isdigit() and kind in _REGULAR else size
        size = 0 if kind in _WITHOUT_CONTENT else size
        content = data[start : start + size] if kind in _LONG_NAME + _LONG_LINK + _PAX + _PAX_GLOBAL else b""
        if start + size > len(data):
            raise ValueError("it ends early")
        at = start + -(-size // BLOCK) * BLOCK
        if kind in _LONG_NAME:
            about["path"] = content.split(b"\0")[0]
        elif kind in _PAX:
            about.update(_records(content))
        elif kind not in _LONG_LINK + _PAX_GLOBAL:
            yield _entry(header, kind, about, start, size)
            about = {}
    if len(header) < BLOCK:
        raise ValueError("it ends early")


def _entry(header: bytes, kind: bytes, about: dict[str, bytes], start: int, size: int) -> Entry:
    name = about.get("path") or _name(header)
    folder = kind == _FOLDER or (kind == b"\0" and name.endswith(b"/"))
    sparse = any(key.startswith("GNU.sparse") for key in about)
    return Entry(name.decode("utf-8", "surrogateescape"), folder, kind in _REGULAR and not sparse, start, size)


def _checked(header: bytes, at: int) -> bytes:
    """The kind of entry a header is of, when its checksum holds."""
    rest = header[:148] + b" " * 8 + header[156:]
    signed = sum(rest) - 256 * sum(byte > 127 for byte in rest)  # as some old programs count
    try:
        right = len(header) == BLOCK and _number(header[148:156]) in (sum(rest), signed)
    except ValueError:
        right = False
    if not right and at == 0 and header[257:262] != b"ustar":
        raise NotATar("it does not begin with a header")
    if not right:
        raise ValueError(f"the header at byte {at} is broken")
    if header[156:157] == b"S" and header[482]:
        raise ValueError("it holds a sparse file; expected plain files")
    return header[156:157]


def _number(field: bytes) -> int:
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    text = field.split(b"\0")[0].strip()
    if text and not text.isdigit():
        raise ValueError("a number in a header is broken")
    return int(text or b"0", 8)


def _name(header: bytes) -> bytes:
    name, prefix = (part.split(b"\0")[0] for part in (header[:100], header[345:500]))
    return prefix + b"/" + name if prefix and header[257:263] == b"ustar\0" else name


def _records(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Keys and values of a pax header: lines like `21 path=hw/layers.py`, the number being the line's length."""
    at = 0
    while at < len(content) and content[at]:
        digits = content[at : at + 20].split(b" ")[0]
        end = at + int(digits) if digits.isdigit() else 0
        if not at + len(digits) < end <= len(content):
            raise ValueError("a pax header is broken")
        key, _, value = content[at + len(digits) + 1 : end - 1].partition(b"=")
        if key in (b"path", b"size") or key.startswith(b"GNU.sparse"):
            yield key.decode("ascii", "replace"), value
        at = end
