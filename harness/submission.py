"""Finds and reads what one student handed in. Nothing of it is executed."""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from harness import archive, celltext, notebook_text, regular, source
from harness.archive import BadArchive, Member

MAX_FILE = 2 << 20
MAX_TOTAL = 20 << 20
MAX_FILES = 500
MAX_SEEN = 5000
"""Names looked at in one folder, those left out included."""
SKIPPED_FOLDERS = frozenset({"__pycache__", "__MACOSX", "node_modules", "site-packages"})

NOT_READ_YET = {
    **dict.fromkeys((".7z", ".rar"), "this kind of archive is not read; expected a .zip or .tar.gz"),
}
EXPECTED = "expected a .py file, a notebook, a folder, or any of them in a .zip or .tar.gz"


class Unreadable(Exception):
    """What was handed in cannot be read as a submission, in a sentence that names what is in the way."""


class File(msgspec.Struct, frozen=True):
    """One file: its path inside the submission (with `/`), and its content."""

    name: str
    data: bytes


class Submission(msgspec.Struct, frozen=True):
    """What one student handed in. `left_out` are files not carried because they are large or binary."""

    id: str
    path: str
    files: tuple[File, ...]
    sha256: str
    left_out: tuple[str, ...] = ()


def read(path: Path, id: str | None = None) -> Submission:
    """The submission at `path`: a Python file, a folder, or an archive of either. Raises `Unreadable`."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise Unreadable(f"{path.name}: is a symbolic link, and links are not followed; put the file itself there")
        if stat.S_ISDIR(mode):
            files, left_out = _read_folder(path)
        elif stat.S_ISREG(mode) and _holds_archive(path):
            files, left_out = _read_archive(path)
        else:
            files, left_out = [_read_single(path, mode)], []
    except OSError as error:
        raise Unreadable(f"{path.name}: cannot be read ({error.strerror or error})") from error
    except BadArchive as error:
        raise Unreadable(f"{path.name}: {error}") from error
    return _made(id or name_of(path), path, files, left_out)


def _made(id: str, path: Path, files: list[File], left_out: Sequence[str]) -> Submission:
    """The submission of these files, and of those that its notebooks write."""
    sha256 = _hash(files)
    there = {file.name for file in files}
    files += [f for f in written(files) if there.isdisjoint([f.name, *map(str, PurePosixPath(f.name).parents)])]
    return Submission(id, clean(str(path)), tuple(files), sha256, tuple(left_out))


def read_together(files: Mapping[str, Path], id: str) -> Submission:
    """The submission that several regular files make, each by the name it is to have. Raises `Unreadable`."""
    parts = {name: path for name, path in files.items() if not path.is_symlink()}
    try:
        found, left_out = _gathered(id, [_member(path, name) for name, path in parts.items()])
    except OSError as error:
        raise Unreadable(f"{id}: cannot be read ({error.strerror or error})") from error
    except BadArchive as error:
        raise Unreadable(f"{id}: {error}") from error
    return _made(id, [*files.values()][-1], found, left_out)


def written(files: Iterable[File]) -> list[File]:
    """Modules that the notebooks among `files` write when they run."""
    found: dict[str, bytes] = {}
    for file in files:
        if celltext.is_notebook(file.name):
            folder = PurePosixPath(file.name).parent
            code = celltext.written(file.data.decode("utf-8", "replace"))
            found |= {str(folder / path): text.encode() for path, text in code.items()}
    return [File(name, data) for name, data in found.items()]


def name_of(path: Path) -> str:
    """What a submission at `path` is called: a file's name without its suffix, `hw` for `hw.tar.gz`."""
    if path.is_dir():
        return clean(path.name)
    return clean(archive.stem(path.name) if archive.is_archive_name(path.name) else path.stem)


def clean(name: str) -> str:
    """`name` as proper Unicode: bytes of a file name that are not become escapes like `\\xff`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _read_single(path: Path, mode: int) -> File:
    if not stat.S_ISREG(mode):
        raise Unreadable(f"{path.name}: is not a regular file; {EXPECTED}")
    if celltext.is_notebook(path.name):
        return File(clean(path.name), _cells(_member(path, path.name)))
    if path.suffix.lower() != ".py":
        raise Unreadable(f"{path.name}: {NOT_READ_YET.get(path.suffix.lower(), EXPECTED)}")
    return File(clean(path.stem + ".py"), _as_utf8(_whole(_member(path, path.name))))


def _holds_archive(path: Path) -> bool:
    """Whether a regular file is an archive by its name, or is called a Python file and is none."""
    if path.suffix.lower() != ".py":
        return archive.is_archive_name(path.name)
    with regular.opened(path) as file:
        return archive.is_archive(file.read(512))


def _read_archive(path: Path) -> tuple[list[File], list[str]]:
    return _gathered(path.name, _unpacked(_member(path, path.name)))


def _read_folder(folder: Path) -> tuple[list[File], list[str]]:
    return _gathered(folder.name, [_member(path, path.relative_to(folder).as_posix()) for path in _regular(folder)])


def _gathered(place: str, members: Sequence[Member], inner: bool = True) -> tuple[list[File], list[str]]:
    """The files to carry and the names of those left out. Archives among them are looked into where nothing else is."""
    files: list[File] = []
    left_out: list[str] = []
    troubles: list[str] = []
    for member in members:
        try:
            data = _carried(member)
        except notebook_text.BadNotebook as error:  # other files may be all that counts
            troubles.append(str(error))
            data = None
        if data is None:
            left_out.append(member.name)
            continue
        files.append(File(member.name, data))
        _demand_within_limits(files, member.name)
    if any(_is_code(file.name) for file in files):
        return files, left_out
    packed = [member for member in members if inner and archive.is_archive_name(member.name)]
    if not packed:
        raise Unreadable("; ".join([_no_python(place, [member.name for member in members]), *troubles]))
    return _gathered(place, _members_inside(packed), inner=False)


def _is_code(name: str) -> bool:
    return name.endswith(".py") or celltext.is_notebook(name)


def _members_inside(packed: Sequence[Member]) -> list[Member]:
    """The members of several archives, each in a folder called like its archive. Raises `BadArchive`."""
    stems = [archive.stem(member.name) for member in packed]
    found = []
    for member, stem in zip(packed, stems, strict=True):
        folder = stem if stems.count(stem) == 1 else member.name
        try:
            found += [msgspec.structs.replace(m, name=f"{folder}/{m.name}") for m in _unpacked(member)]
        except BadArchive as error:
            raise BadArchive(f"{member.name}: {error}") from error
    return found


def _unpacked(packed: Member) -> list[Member]:
    """The files in an archive that a folder would give too. Raises `BadArchive`."""
    data = packed.read(archive.MAX_PACKED + 1)
    if len(data) > archive.MAX_PACKED:
        raise BadArchive(f"it is larger than {archive.MAX_PACKED >> 20} MiB; hand in the code alone")
    found = archive.members(data, lambda path: any(map(_is_passed_over, path.parts)))
    environments = [m.name.removesuffix("pyvenv.cfg") for m in found if m.name.endswith("/pyvenv.cfg")]
    return [msgspec.structs.replace(m, name=clean(m.name)) for m in found if not m.name.startswith(tuple(environments))]


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name in SKIPPED_FOLDERS


def _member(path: Path, name: str) -> Member:
    def read(most: int) -> bytes:
        with regular.opened(path) as file:
            return file.read(most)

    return Member(clean(name), path.lstat().st_size, read)


def _regular(folder: Path) -> Iterator[Path]:
    """Files below `folder` by name; hidden ones, links, caches and virtual environments are passed over."""
    pending, seen = [folder], 0
    while pending:
        for entry in sorted(os.scandir(pending.pop()), key=lambda entry: entry.name, reverse=True):
            seen += 1
            if seen > MAX_SEEN:
                raise Unreadable(f"{folder.name}: holds more than {MAX_SEEN} files; hand in the code alone")
            if _is_passed_over(entry.name) or entry.is_symlink():
                continue
            if entry.is_dir():
                if not os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                    pending.append(Path(entry.path))
            elif entry.is_file():
                yield Path(entry.path)


def _carried(member: Member) -> bytes | None:
    """The content of a file that may be part of the code; None for what is large or binary and no Python file."""
    if member.name.endswith(".py"):
        return _as_utf8(_whole(member))
    if celltext.is_notebook(member.name):
        return notebook_text.read(_whole(member, notebook_text.MAX_NOTEBOOK), member.name)
    if member.size > MAX_FILE or archive.is_archive_name(member.name):
        return None
    data = _whole(member)
    return None if b"\0" in data else data


def _cells(member: Member) -> bytes:
    """A notebook's code cells as text. Raises `Unreadable`."""
    try:
        return notebook_text.read(_whole(member, notebook_text.MAX_NOTEBOOK), member.name)
    except notebook_text.BadNotebook as error:
        raise Unreadable(str(error)) from error


def _whole(member: Member, most: int = MAX_FILE) -> bytes:
    data = member.read(most + 1)
    if len(data) > most:
        raise Unreadable(f"{member.name}: is larger than {most >> 20} MiB")
    return data


def _as_utf8(data: bytes) -> bytes:
    """Source code as it is, except that UTF-16, which editors on Windows make and Python cannot read, becomes UTF-8."""
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError:  # something else that begins like it: the parser will say what is wrong
        return data
    return text.encode() if 2 * sum(c < "\x80" for c in text) > len(text) else data  # code is mostly ASCII


def _demand_within_limits(files: Sequence[File], name: str) -> None:
    if len(files) > MAX_FILES:
        raise Unreadable(f"{name}: is file {len(files)}, and at most {MAX_FILES} are read; hand in the code alone")
    if sum(len(file.data) for file in files) > MAX_TOTAL:
        raise Unreadable(f"{name}: takes the files above {MAX_TOTAL >> 20} MiB in all; hand in the code alone")


def _no_python(place: str, names: Sequence[str]) -> str:
    reasons = dict.fromkeys(NOT_READ_YET.get(PurePosixPath(name).suffix.lower(), "") for name in names)
    return "; ".join([f"{place}: holds no Python file; expected a .py file or a notebook", *filter(None, reasons)])


def _hash(files: Iterable[File]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        for part in (file.name.encode(), file.data):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def python(submission: Submission, aliases: Mapping[str, Sequence[str]] | None = None) -> dict[str, source.Source]:
    """Every Python file of `submission`, as far as it can be parsed; `aliases` are other names for what is asked."""
    return {
        file.name: source.aliased(source.parse(file.data), aliases or {})
        for file in submission.files
        if _is_code(file.name)
    }


def broken(sources: Mapping[str, source.Source]) -> list[str]:
    """A sentence for every file that cannot be parsed."""
    return [
        f"{name} is Python 2 ({found.python2}); this grader runs Python 3"
        if found.python2
        else f"{name} is not valid Python ({found.problem})"
        for name, found in sources.items()
        if found.problem
    ]
