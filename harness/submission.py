"""Finds and reads what one student handed in. Nothing of it is executed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from harness import source
from harness.assignments.contract import Assignment

MAX_FILE = 2 << 20
MAX_TOTAL = 20 << 20
MAX_FILES = 500
MAX_SEEN = 5000
"""Names looked at in one folder, those left out included."""
SKIPPED_FOLDERS = frozenset({"__pycache__", "__MACOSX", "node_modules", "site-packages"})

NOT_READ_YET = {
    ".ipynb": "notebooks are not read yet; export it as a .py file",
    **dict.fromkeys(
        (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"), "archives are not read yet; unpack it"
    ),
}


class Unreadable(Exception):
    """What was handed in cannot be read as a submission, in a sentence that names what is in the way."""


class Unrecognised(Exception):
    """Which assignment a submission belongs to cannot be told from what it defines."""


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
    """The submission at `path`, a Python file or a folder. Raises `Unreadable`."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise Unreadable(f"{path.name}: is a symbolic link, and links are not followed; put the file itself there")
        if stat.S_ISDIR(mode):
            files, left_out = _read_folder(path)
        else:
            files, left_out = [_read_single(path, mode)], []
    except OSError as error:
        raise Unreadable(f"{path.name}: cannot be read ({error.strerror or error})") from error
    name = path.name if path.is_dir() else path.stem
    return Submission(id or clean(name), clean(str(path)), tuple(files), _hash(files), tuple(left_out))


def clean(name: str) -> str:
    """`name` as proper Unicode: bytes of a file name that are not become escapes like `\\xff`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _read_single(path: Path, mode: int) -> File:
    if not stat.S_ISREG(mode):
        raise Unreadable(f"{path.name}: is not a regular file; expected a .py file or a folder")
    if path.suffix.lower() != ".py":
        why = NOT_READ_YET.get(path.suffix.lower(), "expected a .py file or a folder")
        raise Unreadable(f"{path.name}: {why}")
    return File(clean(path.stem + ".py"), _content(path, path.name))


def _read_folder(folder: Path) -> tuple[list[File], list[str]]:
    files: list[File] = []
    left_out: list[str] = []
    for path in _regular_files(folder):
        name = clean(path.relative_to(folder).as_posix())
        data = _carried(path, name)
        if data is None:
            left_out.append(name)
            continue
        files.append(File(name, data))
        _demand_within_limits(files, name)
    if not any(file.name.endswith(".py") for file in files):
        raise Unreadable(_no_python(folder, [*left_out, *(file.name for file in files)]))
    return files, left_out


def _regular_files(folder: Path) -> Iterator[Path]:
    """Files below `folder` by name; hidden ones, links, caches and virtual environments are passed over."""
    pending, seen = [folder], 0
    while pending:
        for entry in sorted(os.scandir(pending.pop()), key=lambda entry: entry.name, reverse=True):
            seen += 1
            if seen > MAX_SEEN:
                raise Unreadable(f"{folder.name}: holds more than {MAX_SEEN} files; hand in the code alone")
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir():
                if entry.name not in SKIPPED_FOLDERS and not os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                    pending.append(Path(entry.path))
            elif entry.is_file():
                yield Path(entry.path)


def _carried(path: Path, name: str) -> bytes | None:
    """The content of a file that may be part of the code; None for what is large or binary and no Python file."""
    if path.suffix == ".py":
        return _content(path, name)
    if path.lstat().st_size > MAX_FILE:
        return None
    data = _content(path, name)
    return None if b"\0" in data else data


def _content(path: Path, name: str) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Unreadable(f"{clean(name)}: is larger than {MAX_FILE >> 20} MiB")
    return data


def _demand_within_limits(files: Sequence[File], name: str) -> None:
    if len(files) > MAX_FILES:
        raise Unreadable(f"{name}: is file {len(files)}, and at most {MAX_FILES} are read; hand in the code alone")
    if sum(len(file.data) for file in files) > MAX_TOTAL:
        raise Unreadable(f"{name}: takes the files above {MAX_TOTAL >> 20} MiB in all; hand in the code alone")


def _no_python(folder: Path, names: Sequence[str]) -> str:
    reasons = dict.fromkeys(NOT_READ_YET.get(PurePosixPath(name).suffix.lower(), "") for name in names)
    return "; ".join([f"{folder.name}: holds no Python file", *filter(None, reasons)])


def _hash(files: Iterable[File]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        for part in (file.name.encode(), file.data):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def recognise(submission: Submission, assignments: Sequence[Assignment]) -> Assignment:
    """The assignment whose names `submission` defines. Raises `Unrecognised`, naming the candidates.

    Courses that ask for the same names are told apart by the array library used, or a package named like the course.
    """
    sources = _python(submission, {name: others for a in assignments for name, others in a.aliases.items()})
    defined = {name for found in sources.values() for name in found.definitions}
    candidates = [a for a in assignments if defined & set(a.defined_names)]
    candidates = [a for a in candidates if defined >= set(a.defined_names)] or candidates
    if not candidates:
        known = "; ".join(f"{a.id}: {', '.join(a.defined_names)}" for a in assignments)
        broken = "".join(f"; {line}" for line in _broken(sources))
        raise Unrecognised(
            f"it defines nothing that an assignment asks for ({known}){broken}; name one with --assignment"
        )
    for evidence in _evidence(sources, candidates):
        left = [a for a in candidates if evidence & {a.id, a.library}]
        if len(candidates) > 1 and left:
            candidates = left
    if len(candidates) > 1:
        ids = ", ".join(a.id for a in candidates)
        raise Unrecognised(
            f"it could belong to {ids}; name the one meant with --assignment, e.g. --assignment {candidates[0].id}"
        )
    return candidates[0]


def _evidence(sources: dict[str, source.Source], candidates: Sequence[Assignment]) -> Iterator[set[str]]:
    """Names that tell courses apart, the surest first: a package, what the entry points use, what is imported."""
    wanted = {name for a in candidates for name in a.defined_names}
    relevant = {name: s for name, s in sources.items() if wanted & s.definitions.keys()}
    imported = {part for s in relevant.values() for module in s.imports for part in module.split(".")}
    ids = {a.id for a in candidates}
    yield ids & (imported | {part for name in sources for part in PurePosixPath(name).parts[:-1]})
    yield {
        used for s in relevant.values() for name in wanted & s.definitions.keys() for used in s.definitions[name].uses
    }
    yield imported


def _python(submission: Submission, aliases: Mapping[str, Sequence[str]]) -> dict[str, source.Source]:
    return {
        file.name: source.aliased(source.parse(file.data), aliases)
        for file in submission.files
        if file.name.endswith(".py")
    }


def entry_files(submission: Submission, assignment: Assignment) -> dict[str, str]:
    """For every top-level name the assignment asks for and the submission defines: the file that defines it.

    Where several files do: one that was filled in before a skeleton, then the handout's file name, then the one
    that defines the most names, then the shallowest. Raises `Unreadable` when two different files are left, or when
    nothing is found and a file is no valid Python.
    """
    sources = _python(submission, assignment.aliases)
    content = {file.name: file.data for file in submission.files}
    chosen = {}
    for name in assignment.defined_names:
        ranks = {f: _rank(f, s, name, assignment) for f, s in sources.items() if name in s.definitions}
        best = sorted(file for file, rank in ranks.items() if rank == min(ranks.values()))
        if len({content[file] for file in best}) > 1:
            raise Unreadable(f"{name} is defined in {best[0]} and in {best[1]}; hand in one of them")
        if best:
            chosen[name] = best[0]
    broken = _broken(sources)
    if broken and not chosen:
        raise Unreadable(f"{broken[0]}; nothing that {assignment.id} asks for can be found")
    return chosen


def _broken(sources: dict[str, source.Source]) -> list[str]:
    return [f"{name} is not valid Python ({found.problem})" for name, found in sources.items() if found.problem]


def _rank(file: str, found: source.Source, name: str, assignment: Assignment) -> tuple[bool, int, int, int]:
    """How likely `file` holds the `name` that was meant: the smaller, the likelier."""
    parts = [e.function for e in assignment.entry_points if e.defined_by == name]
    names = assignment.files.get(name, ())
    basename = PurePosixPath(file).name
    return (
        all(source.not_attempted(found, part) for part in parts),
        names.index(basename) if basename in names else len(names),
        -len(set(assignment.defined_names) & found.definitions.keys()),
        file.count("/"),
    )
