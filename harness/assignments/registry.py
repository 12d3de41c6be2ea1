"""The registry of assignments: those of this package, one folder each, and those other packages announce."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator

import msgspec

import harness.assignments
from harness.assignments import announced, contradictions
from harness.assignments.announced import Announced
from harness.assignments.contract import Assignment

HERE = "harness.assignments"
OWN = "this package"


class Unusable(msgspec.Struct, frozen=True):
    """An assignment that another package announces and that cannot be used: who brings it, and why not."""

    name: str
    source: str
    reason: str


@functools.cache
def built_in() -> tuple[str, ...]:
    """The assignments of this package: every folder here is one."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(harness.assignments.__path__) if m.ispkg))


@functools.cache
def folders() -> dict[str, str]:
    """For every assignment id, the package that holds its `contract`, `driver` and `definition` modules.

    Names that two bring are not among them, but for those of this package, which nobody can take away.
    """
    found = {name: f"{HERE}.{name}" for name in built_in()}
    return {**{one.name: one.package for one in _announced() if not _twice(one)}, **found}


@functools.cache
def get(assignment_id: str) -> Assignment:
    """The assignment with this id. Raises `LookupError`: which ones are known, or why this one cannot be used."""
    for one in unusable():
        if one.name == assignment_id and assignment_id not in built_in():
            raise LookupError(f"assignment {one.name!r} of {one.source} cannot be used: {one.reason}")
    if assignment_id not in folders():
        raise LookupError(f"unknown assignment {assignment_id!r}; known are {', '.join(folders())}")
    return _load(folders()[assignment_id])


def every() -> list[Assignment]:
    """All assignments that can be used, in the order they are listed. One that is broken does not stop the others."""
    broken = {one.name for one in unusable()} - set(built_in())
    return [get(name) for name in sorted(folders()) if name not in broken]


@functools.cache
def unusable() -> tuple[Unusable, ...]:
    """What other packages announce and cannot be used, each with the reason."""
    troubles = ((one, _twice(one) or _trouble(one)) for one in _announced())
    return tuple(Unusable(one.name, one.source, reason) for one, reason in troubles if reason)


@functools.cache
def _announced() -> tuple[Announced, ...]:
    return announced.every()


def _twice(one: Announced) -> str:
    """Says who else brings an assignment of this name; empty where nobody does."""
    if one.name in built_in():
        return f"{OWN} has an assignment of that name too, and keeps it; rename the one of {one.source}"
    others = [other.source for other in _announced() if other.name == one.name and other != one]
    return f"{' and '.join(others)} brings one of that name too; uninstall all but one" if others else ""


def _trouble(one: Announced) -> str:
    """Why an assignment cannot be used; empty where it can."""
    return next(_troubles(one), "")


def _troubles(one: Announced) -> Iterator[str]:
    if wrong := announced.wrong(one):
        yield wrong
        return
    try:
        assignment = _load(one.package)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the module of another package can raise anything
        yield f"importing {one.package}.contract raises {type(error).__name__}: {announced.one_line(error)}"
        return
    if assignment.id != one.name:
        yield f"it is announced as {one.name!r} and calls itself {assignment.id!r}; make the two the same"
    yield from contradictions.of(assignment)
    yield from announced.missing(one, assignment)


def _load(package: str) -> Assignment:
    assignment = getattr(importlib.import_module(f"{package}.contract"), "ASSIGNMENT", None)
    if not isinstance(assignment, Assignment):
        raise TypeError(f"{package}.contract.ASSIGNMENT is not an Assignment")
    return assignment
