"""A folder that came out of a platform's archive of all submissions: what belongs to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from harness import download_names
from harness.download_names import Download
from harness.submission import clean


class Person(msgspec.Struct, frozen=True):
    """One person: a name for reports, where the newest of it lies, and each file's own name and path."""

    id: str
    path: str
    files: tuple[tuple[str, str], ...] = ()


class Folder(msgspec.Struct, frozen=True):
    """Everybody in a platform's download, the names of entries that are no files of theirs, and who handed in late."""

    platform: str
    people: tuple[Person, ...]
    passed_over: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


Named = tuple[Path, Download]


def recognised(paths: Sequence[Path]) -> Folder | None:
    """The download that `paths` are, or None: every name has to be one platform's, and the authors have to differ."""
    return _folder(paths, download_names.of_canvas) or _folder(paths, download_names.of_moodle)


def _folder(paths: Sequence[Path], parsed: Callable[[str], Download | None]) -> Folder | None:
    """What it is if all names are of one kind. How a person calls a file of theirs says nothing about the others."""
    found = [(path, named) for path in paths if (named := parsed(clean(path.name)))]
    if not found or len(found) < len(paths):
        return None
    people: dict[str, list[Named]] = {}
    for path, named in found:
        people.setdefault(named.person, []).append((path, named))
    platform = found[0][1].platform
    if platform == "canvas" and not _plausible(found):
        return None
    typed = [path for path, named in found if named.typed and not all(n.typed for _, n in people[named.person])]
    left = {id: [part for part in parts if part[0] not in typed] for id, parts in people.items()}
    if any(len(parts) > 1 and not all(_is_file(path) and n.name for path, n in parts) for parts in left.values()):
        return None  # a folder and files from one person: nothing that a platform makes
    made = [_person(id, parts) for id, parts in left.items()]
    late = tuple(id for id, parts in left.items() if any(named.late for _, named in parts))
    return Folder(platform, tuple(made), tuple(clean(path.name) for path in typed), late)


def _plausible(found: Sequence[Named]) -> bool:
    """Whether names of Canvas's form are Canvas's: names such as hw_2024_01_ann.py have the form too, but not several
    authors, each with a number of their own, and numbers of files that never come twice."""
    people, files = {named.person for _, named in found}, {named.file for _, named in found}
    authors, users = {named.author for _, named in found}, {named.user for _, named in found}
    several = len(authors) > 1 and len(users) == len(people) and len(files) == len(found)
    return several and all(_is_file(path) for path, _ in found)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _person(id: str, parts: Sequence[Named]) -> Person:
    """A folder stands for itself; files get their own names back."""
    ordered = sorted(parts, key=lambda part: (part[1].copy, part[1].file, part[0].name))
    newest = ordered[-1][0]
    files = _own_names(ordered) if _is_file(newest) and ordered[-1][1].name else []
    return Person(id, str(newest), tuple(files))


def _own_names(ordered: Sequence[Named]) -> list[tuple[str, str]]:
    """Each file's own name. What was handed in again under a name is marked as copies are everywhere, `rnn (1).py`, so
    that the latest attempt can be told."""
    times, seen = Counter(named.name for _, named in ordered), Counter[str]()
    files = []
    for path, named in ordered:
        copy = max(named.copy, seen[named.name]) if times[named.name] > 1 else 0
        seen[named.name] = copy + 1
        files.append((_marked(named.name, copy), str(path)))
    if len({name for name, _ in files}) < len(files):  # somebody's own file is called like a mark of ours
        return [(path.name, str(path)) for path, _ in ordered]
    return files


def _marked(name: str, copy: int) -> str:
    own = PurePosixPath(name)
    return f"{own.stem} ({copy}){own.suffix}" if copy else name
