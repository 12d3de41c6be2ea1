"""Assignments that other installed packages announce, in the entry point group `harness.assignments`."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

import msgspec

from harness.assignments.contract import Assignment

GROUP = "harness.assignments"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""An assignment's name becomes part of file names and of commands."""
MOST = 200
"""Characters of another package's words that are repeated."""


class Announced(msgspec.Struct, frozen=True):
    """One announcement: the assignment's name, the package that holds its modules, and who announces it."""

    name: str
    package: str
    source: str


def every() -> tuple[Announced, ...]:
    """All announcements of installed packages, each once, in the order of their names."""
    found = {Announced(one.name, one.value, _source(one)) for one in entry_points(group=GROUP)}
    return tuple(sorted(found, key=lambda one: (one.name, one.source, one.package)))


def wrong(one: Announced) -> str:
    """What is wrong with the announcement itself; empty where nothing is."""
    if not NAME.fullmatch(one.name):
        return f"{one.name!r} is no name for an assignment; expected letters, digits, '_', '-' and '.'"
    if not all(part.isidentifier() for part in one.package.split(".")):
        return f"it is announced with {one.package!r}; expected a package, such as 'my_course.gru'"
    return ""


def missing(one: Announced, assignment: Assignment) -> Iterator[str]:
    """A sentence for every module that grading needs and that is not there. Nothing but packages is imported."""
    needed = [f"{one.package}.driver", *assignment.driver_modules]
    if assignment.has_answers:
        needed += [f"{one.package}.definition", f"{one.package}.snippet", assignment.model]
    for module in needed:
        if not _is_there(module):
            yield f"there is no module {module}"
    if assignment.has_answers and "." not in assignment.model:
        yield f"its model solution {assignment.model} stands in no package, and what stands beside it is not known"


def one_line(error: BaseException) -> str:
    """An exception's message on one line, not too long; no control characters, for it is printed."""
    text = " ".join(str(error).split()) or "without a message"
    return "".join(c if c.isprintable() else "?" for c in text)[:MOST]


def _is_there(module: str) -> bool:
    try:
        spec = importlib.util.find_spec(module)
    except (Exception, SystemExit):  # noqa: BLE001 - finding a module imports the packages around it
        return False
    return spec is not None and spec.origin is not None


def _source(one: EntryPoint) -> str:
    """The distribution that announces, as pip calls it."""
    return f"{one.dist.name} {one.dist.version}" if one.dist is not None else "a package without a name"
