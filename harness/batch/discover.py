"""Which submissions a folder holds: one for every child that is not plainly something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from harness.batch import downloads
from harness.submission import SKIPPED_FOLDERS, File, Submission, clean, name_of, read, read_together

NOT_SUBMISSIONS = frozenset({".md", ".rst", ".txt", ".csv", ".tsv", ".toml", ".json", ".html", ".yaml", ".yml", ".log"})


class Entry(msgspec.Struct, frozen=True):
    """One submission of a batch: its name in reports, where it lies, and its assignment where that is known.

    `files` is there where it is several files beside each other, or one under a longer name: their own names and paths.
    """

    id: str
    path: str
    assignment: str | None = None
    files: tuple[tuple[str, str], ...] = ()


class Found(msgspec.Struct, frozen=True):
    """The submissions of a folder, in order, the names of what was taken for something else, the platform whose
    download the folder is, and which submissions it says are late."""

    entries: tuple[Entry, ...]
    skipped: tuple[str, ...] = ()
    platform: str = ""
    late: tuple[str, ...] = ()


def discover(
    folder: Path, exclude: Path | None = None, known: Collection[str] = (), assignment: str | None = None
) -> Found:
    """Submissions in `folder`, leaving out `exclude` (where reports go). Raises `OSError` when it cannot be listed.

    With no `assignment` named, a folder of folders called like assignments (`known`) is a collection: each of
    them is a batch of its own, and ids become "cs231n/s01". A folder called like an assignment presets it.
    In a platform's download everything from one person is one submission, called like the person.
    """
    candidates, skipped = _children(folder, exclude)
    if (
        assignment is None
        and candidates
        and all(map(_is_folder, candidates))
        and {p.name for p in candidates} <= set(known)
    ):
        return _collection(candidates, exclude, skipped)
    preset = folder.name if assignment is None and folder.name in known else assignment
    return _listed(candidates, skipped, preset)


def _listed(candidates: Sequence[Path], skipped: Sequence[str], preset: str | None, prefix: str = "") -> Found:
    """The submissions that these paths are, with `prefix` before every name."""
    download = downloads.recognised(candidates)
    if download is None:
        entries = [Entry(f"{prefix}{id}", str(path), preset) for id, path in _named(candidates)]
        return Found(tuple(entries), tuple(f"{prefix}{name}" for name in skipped))
    entries = [Entry(f"{prefix}{p.id}", p.path, preset, p.files) for p in download.people]
    others, late = (
        tuple(f"{prefix}{name}" for name in names) for names in ((*skipped, *download.passed_over), download.late)
    )
    return Found(tuple(entries), others, download.platform, late)


def read_entry(entry: Entry) -> Submission:
    """What was handed in. Raises `Unreadable`."""
    if len(entry.files) > 1:
        return read_together({name: Path(path) for name, path in entry.files}, entry.id)
    whole = read(Path(entry.path), entry.id)
    return msgspec.structs.replace(whole, files=tuple(_by_its_own_name(f, entry) for f in whole.files))


def _by_its_own_name(file: File, entry: Entry) -> File:
    for name, path in entry.files:
        if file.name in (clean(Path(path).name), clean(Path(path).stem) + ".py"):
            return File(str(PurePosixPath(name).with_suffix(PurePosixPath(file.name).suffix)), file.data)
    return file


def _collection(folders: Sequence[Path], exclude: Path | None, skipped: Sequence[str]) -> Found:
    parts = [_listed(*_children(folder, exclude), folder.name, f"{folder.name}/") for folder in folders]
    return Found(
        tuple(entry for part in parts for entry in part.entries),
        (*skipped, *(name for part in parts for name in part.skipped)),
        next((part.platform for part in parts if part.platform), ""),
        tuple(name for part in parts for name in part.late),
    )


def _children(folder: Path, exclude: Path | None) -> tuple[list[Path], list[str]]:
    """Visible children that may be submissions, and the names of those that are plainly not."""
    visible = [p for p in sorted(folder.iterdir()) if not p.name.startswith(".") and p.name not in SKIPPED_FOLDERS]
    if exclude is not None:
        visible = [p for p in visible if p.resolve() != exclude.resolve()]
    others = [p for p in visible if _is_something_else(p)]
    return [p for p in visible if p not in others], [clean(p.name) for p in others]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_something_else(path: Path) -> bool:
    if path.is_symlink() or path.is_dir():
        return False
    suffix = path.suffix.lower()
    return suffix in NOT_SUBMISSIONS or (suffix != ".py" and path.name.upper().startswith("README"))


def _named(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Each path with its id: the name without its suffix, or the whole name where two would be the same."""
    stems = {path: name_of(path) for path in paths}
    times, names = Counter(stems.values()), {clean(path.name) for path in paths}
    taken = {path: times[stem] > 1 or stem in names - {clean(path.name)} for path, stem in stems.items()}
    return [(clean(path.name) if taken[path] else stems[path], path) for path in paths]
