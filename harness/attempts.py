"""Several attempts of one student, told by their names: the latest counts, unless another is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import msgspec

from harness import download_names, source, submission
from harness.assignments.contract import Assignment
from harness.submission import File, Submission, Unreadable

_STAMP = re.compile(
    r"(?<!\d)20\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])"
    r"(?:[T _.-]*(?:at )?[0-2]\d[-_.:h]?[0-5]\d(?:[-_.:m]?[0-5]\d)?)?(?!\d)"
)
_WORD = re.compile(r"(?<![a-z0-9])(?:attempt|submission|version|try|ver|v)[ _#-]*(\d{1,12})(?![a-z0-9])", re.IGNORECASE)
_COPY = re.compile(r" ?\((\d{1,3})\)$")


class NoSuchAttempt(Unreadable):
    """There are several attempts, and none is the one asked for."""


class Attempt(msgspec.Struct, frozen=True):
    """A file or folder inside the submission, and its place in the order of attempts."""

    path: str
    order: tuple[int, ...]

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name


Group = tuple[Attempt, ...]
"""Siblings that differ in nothing but the mark of the attempt, the earliest first."""


def narrowed(handed_in: Submission, assignment: Assignment, wanted: str | None = None) -> tuple[Submission, list[str]]:
    """The submission without the attempts that do not count, and a sentence about each choice.

    `wanted` is a number or a name. Raises `NoSuchAttempt` when there are attempts and none is called so.
    """
    notes, groups = [], []
    while group := _first(handed_in, assignment):
        groups.append(group)
        chosen = _named(group, wanted) or group[-1]
        notes.append(_told(group, chosen, asked=bool(_named(group, wanted))))
        handed_in = _only(handed_in, group, chosen)
    if wanted and not any(_named(group, wanted) for group in groups):
        if groups:
            names = ", ".join(attempt.name for attempt in groups[0])
            raise NoSuchAttempt(f"there is no attempt {wanted!r}; there are {names}")
        notes.append(f"there is only one attempt, so --attempt {wanted} chose nothing")
    return handed_in, notes


def _first(handed_in: Submission, assignment: Assignment) -> Group | None:
    """The shallowest group of attempts."""
    sources = submission.python(handed_in, assignment.aliases)
    wanted = set(assignment.defined_names)
    defined = {file: wanted & found.definitions.keys() for file, found in sources.items()}
    attempted = {file for file, found in sources.items() if _is_attempted(found, assignment)}
    for siblings in _siblings([file for file in defined if defined[file]]):
        for group in _groups(siblings):
            names = [{n for file in defined if _inside(file, a) for n in defined[file]} for a in group]
            if set().union(*names) == names[-1] and any(_inside(file, group[-1]) for file in attempted):
                return group
    return None


def _is_attempted(found: source.Source, assignment: Assignment) -> bool:
    entries = [e for e in assignment.entry_points if e.defined_by in found.definitions]
    return any(not source.not_attempted(found, e.function, assignment.skeleton(e)) for e in entries)


def _inside(file: str, attempt: Attempt) -> bool:
    return file == attempt.path or file.startswith(attempt.path + "/")


def _siblings(files: Sequence[str]) -> Iterator[list[str]]:
    """Paths in the same folder, files and folders apart, the shallowest folder first."""
    found: dict[tuple[str, bool], dict[str, None]] = {}
    for file in files:
        path = PurePosixPath(file)
        for child in (path, *path.parents[:-1]):
            found.setdefault((str(child.parent), child == path), {})[str(child)] = None
    for _, children in sorted(found.items(), key=lambda item: (len(PurePosixPath(item[0][0]).parts), item[0])):
        yield sorted(children)


def _groups(siblings: Sequence[str]) -> Iterator[Group]:
    """Siblings with the same name but for the mark; one without a mark comes before those that count from it."""
    marked: dict[tuple[str, str], list[Attempt]] = {}
    for path in siblings:
        for kind, base, order in _marks(_stem(path)):
            marked.setdefault((kind, base), []).append(Attempt(path, order))
    for (kind, base), found in sorted(marked.items()):
        if kind == "copy" or (kind == "word" and siblings[0].endswith(".py")):  # a folder may be imported by its name
            found += [Attempt(p, (0,)) for p in siblings if not list(_marks(_stem(p))) and _base(_stem(p)) == base]
        found.sort(key=lambda attempt: attempt.order)
        if len(found) > 1 and len({attempt.order for attempt in found}) == len(found):
            yield tuple(found)


def _marks(stem: str) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """How `stem` is marked as an attempt: the kind of mark, the rest of the name, and its place in the order."""
    if match := _STAMP.search(stem):
        digits = re.sub(r"\D", "", match[0]).ljust(14, "0")
        yield "time", _base(stem[: match.start()] + stem[match.end() :]), (int(digits),)
    elif match := _COPY.search(stem):
        yield "copy", _base(stem[: match.start()]), (int(match[1]),)
    elif (found := download_names.parsed(stem)) and found.platform == "canvas":
        yield "canvas", _base(f"{found.person}_{found.name}"), (found.copy,)
    elif match := _WORD.search(stem):
        yield "word", _base(stem[: match.start()] + stem[match.end() :]), (int(match[1]),)


def _base(rest: str) -> str:
    return rest.strip(" _-.").casefold()


def _stem(path: str) -> str:
    return PurePosixPath(path).name.removesuffix(".py")


def _named(group: Group, wanted: str | None) -> Attempt | None:
    """The attempt called `wanted`: by name, by its own number, or, where attempts bear times, by its place."""
    for place, attempt in enumerate(group, 1):
        number = attempt.order[0] if attempt.order[0] < 10**13 else place
        if wanted in (attempt.name, _stem(attempt.path), str(number)):
            return attempt
    return None


def _only(handed_in: Submission, group: Group, chosen: Attempt) -> Submission:
    """Without the other attempts. A file takes the place of one without a mark, which others import by name."""
    others = [attempt for attempt in group if attempt is not chosen]
    files = [f for f in handed_in.files if not any(_inside(f.name, attempt) for attempt in others)]
    name = _stands_for(group, chosen)
    files = [File(name, f.data) if f.name == chosen.path else f for f in files]
    return msgspec.structs.replace(handed_in, files=tuple(files))


def _stands_for(group: Group, chosen: Attempt) -> str:
    unmarked = [a.path for a in group if a.path.endswith(".py") and not list(_marks(_stem(a.path)))]
    return unmarked[0] if unmarked else chosen.path


def _told(group: Group, chosen: Attempt, asked: bool) -> str:
    names = ", ".join(attempt.name for attempt in group)
    stands = _stands_for(group, chosen)
    place = f", in the place of {stands}" if stands != chosen.path else ""
    if asked:
        return f"{chosen.name} was taken{place}, the attempt asked for; there are {names}"
    return f"{chosen.name} was taken{place}, the latest of the attempts {names}; --attempt chooses another"
