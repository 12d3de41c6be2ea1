"""Looks into zip and tar archives in memory. Nothing is unpacked to disk, and no size an archive claims is believed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import pairwise
from pathlib import PurePosixPath

import msgspec

from harness import tar

MAX_PACKED = 64 << 20
"""Bytes an archive itself may have."""
MAX_UNPACKED = 128 << 20
"""Bytes that are decompressed, counted as they come."""
MAX_MEMBERS = 20_000
MAX_PART = 255
"""Bytes in one part of a path: what file systems take."""

SUFFIXES = (
    ".tar.gz",
    ".tar.bz2",
    ".tar.xz",
    ".zip",
    ".tar",
    ".tgz",
    ".tbz2",
    ".txz",
    ".gz",
    ".bz2",
    ".xz",
    ".7z",
    ".rar",
)
"""How names of archives end; those that are named but not read included."""
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
"""Methods of compression in a zip that need no more memory than they say."""
_UTF8 = 0x800
_ENCRYPTED = 0x1
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # UnicodeDecodeError too
    OverflowError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)
"""What the standard library raises for bytes that are no proper archive."""


class BadArchive(Exception):
    """Why an archive, or one entry of it, is not read."""


class Member(msgspec.Struct, frozen=True):
    """One file: its path (with `/`), the size it is said to have, and how to get at most the first so many bytes."""

    name: str
    size: int
    read: Callable[[int], bytes]


def is_archive_name(name: str) -> bool:
    """Whether a file called so claims to be an archive."""
    return name.lower().endswith(SUFFIXES)


def stem(name: str) -> str:
    """`name` without its archive suffix: `hw` for `hw.tar.gz`."""
    found = next((s for s in SUFFIXES if name.lower().endswith(s)), "")
    return (name[: -len(found)] if found else name) or name


def is_archive(data: bytes) -> bool:
    """Whether `data` begins as an archive does, and as no source code can."""
    return _kind(data) != ""


def members(data: bytes, passed_over: Callable[[PurePosixPath], bool] = lambda path: False) -> list[Member]:
    """The files in an archive, by name; what it is, its content tells. Raises `BadArchive`, as reading a member does.

    A name that leads out of the archive spoils it as a whole. Links, devices and encrypted files are refused when
    they are read, unless `passed_over` says they are not wanted.
    """
    kind = _kind(data)
    with _damage_told("it"):
        if kind == "zip":
            found = _zip(data)
        elif kind in ("7z", "rar"):
            raise BadArchive(f"it is a {kind} archive; expected a .zip or .tar.gz")
        else:
            found = _tar(_decompressed(data, kind))
    return _distinct(member for member in found if not passed_over(PurePosixPath(member.name)))


def _kind(data: bytes) -> str:
    magic = {b"PK\3\4": "zip", b"PK\5\6": "zip", b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\0": "xz"}
    magic |= {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a": "rar"}
    known = next((kind for start, kind in magic.items() if data.startswith(start)), "")
    if known != "bz2":
        return known or ("tar" if data[257:262] == b"ustar" else "")
    return known if data[4:10] in (b"1AY&SY", b"\x17rE8P\x90") else ""  # a source file may begin with BZh


@contextmanager
def _damage_told(what: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise BadArchive(f"{what} is damaged or cut short ({str(error) or type(error).__name__})") from error
    except MemoryError as error:
        raise BadArchive(f"{what} needs too much memory") from error


def _zip(data: bytes) -> list[Member]:
    if data.count(b"PK\1\2") > MAX_MEMBERS:  # before a list is made of them
        raise BadArchive(_too_many())
    archive, budget = zipfile.ZipFile(io.BytesIO(data)), _Budget()
    infos = [info for info in archive.infolist() if not info.is_dir()]
    for info in archive.infolist():
        _safe_name(_zip_name(info))
    return [
        Member(_safe_name(_zip_name(info)), info.file_size, partial(_read_zipped, archive, info, budget))
        for info in infos
    ]


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name; UTF-8 that is not marked as such (macOS makes it) is read as UTF-8, `\\` from Windows as `/`."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget, most: int) -> bytes:
    name = _zip_name(info)
    kind = info.external_attr >> 16 & 0o170000
    if kind not in (0, 0o100000):
        raise BadArchive(f"its entry {_shown(name)} is a link or a device; expected plain files")
    if info.flag_bits & _ENCRYPTED:
        raise BadArchive(f"its entry {_shown(name)} is encrypted; hand in an archive without a password")
    if info.compress_type not in _READ:
        raise BadArchive(f"its entry {_shown(name)} is compressed in a way that is not read; make an ordinary .zip")
    with _damage_told(f"its entry {_shown(name)}"), archive.open(info) as file:
        return budget.spend(file.read(most))


def _decompressed(data: bytes, kind: str) -> bytes:
    most = MAX_UNPACKED + 1
    if kind == "gz":
        data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(most)
    elif kind == "bz2":
        data = bz2.BZ2File(io.BytesIO(data)).read(most)
    elif kind == "xz":
        decompressor = lzma.LZMADecompressor(memlimit=MAX_UNPACKED)
        data = decompressor.decompress(data, most)
        if len(data) < most and not decompressor.eof:
            raise EOFError("it ends early")
    if len(data) > MAX_UNPACKED:
        raise BadArchive(f"it unpacks to more than {MAX_UNPACKED >> 20} MiB; hand in the code alone")
    return data


def _tar(data: bytes) -> list[Member]:
    found, budget = [], _Budget()
    try:
        for count, entry in enumerate(tar.entries(data), 1):
            if count > MAX_MEMBERS:
                raise BadArchive(_too_many())
            name = _safe_name(entry.name)
            if not entry.is_folder:
                found.append(Member(name, entry.size, partial(_read_tarred, data, entry, budget)))
    except tar.NotATar as error:
        raise BadArchive("it holds no archive that can be read; expected a zip or a tar, compressed or not") from error
    return found


def _read_tarred(data: bytes, entry: tar.Entry, budget: _Budget, most: int) -> bytes:
    if not entry.is_plain:
        raise BadArchive(f"its entry {_shown(entry.name)} is a link or a device; expected plain files")
    return budget.spend(data[entry.start : entry.start + min(entry.size, most)])


class _Budget:
    """Counts what comes out of one archive."""

    def __init__(self) -> None:
        self.left = MAX_UNPACKED

    def spend(self, data: bytes) -> bytes:
        """`data`, as long as there is not too much of it in all. Raises `BadArchive`."""
        self.left -= len(data)
        if self.left < 0:
            raise BadArchive(f"it unpacks to more than {MAX_UNPACKED >> 20} MiB; hand in the code alone")
        return data


def _safe_name(name: str) -> str:
    """`name` as a plain relative path. Raises `BadArchive` where it leads elsewhere."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in name:
        raise BadArchive(f"its entry {_shown(name)} leads out of the archive; pack the folder anew")
    if any(len(os.fsencode(part)) > MAX_PART for part in path.parts):
        raise BadArchive(f"its entry {_shown(name)[:80]}… has a name too long for a file")
    return str(path)


def _distinct(found: Iterable[Member]) -> list[Member]:
    """Members by name. Raises `BadArchive` for two of the same name, or a file where a folder must be."""
    members = sorted(found, key=lambda member: member.name)
    names = {member.name for member in members}
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    for first, second in pairwise(members):
        if first.name == second.name:
            raise BadArchive(f"it holds {_shown(first.name)} twice; pack the folder anew")
    for name in sorted(names & folders):
        raise BadArchive(f"its entry {_shown(name)} is a file and a folder at once; pack the folder anew")
    return members


def _too_many() -> str:
    return f"it holds more than {MAX_MEMBERS} files; hand in the code alone"


def _shown(name: str) -> str:
    """A name to print: no byte of it steers a terminal."""
    return repr(name.encode("utf-8", "backslashreplace").decode())
