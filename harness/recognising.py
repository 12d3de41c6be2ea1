"""Tells which assignment a submission belongs to, by what it defines, what it uses and which checks it calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from harness import source
from harness.assignments.contract import Assignment
from harness.submission import Submission, broken, python

_CHECK = re.compile(rb"\bgrader\.check\(\s*[\"'](\w+)[\"']")


class Unrecognised(Exception):
    """Which assignment a submission belongs to cannot be told from what it defines."""


def recognise(handed_in: Submission, assignments: Sequence[Assignment]) -> Assignment:
    """The assignment whose names `handed_in` defines, or whose checks it calls. Raises `Unrecognised`, which
    names the candidates.

    Courses that ask for the same names are told apart by how many parameters the functions have, by the array library
    used, or by a package named like the course.
    """
    sources = python(handed_in, {name: others for a in assignments for name, others in a.aliases.items()})
    defined = {name for found in sources.values() for name in found.definitions}
    called = {check.decode() for file in handed_in.files if file.name in sources for check in _CHECK.findall(file.data)}
    found_of = {
        a.id: len(defined & set(a.defined_names) - set(a.common_names)) + len(called & a.snapshots.keys())
        for a in assignments
    }
    most = max(found_of.values(), default=0)
    candidates = [a for a in assignments if found_of[a.id] == most > 0]
    if not candidates:
        known = "; ".join(f"{a.id}: {', '.join(a.defined_names)}" for a in assignments)
        unread = "".join(f"; {line}" for line in broken(sources))
        raise Unrecognised(
            f"it defines nothing that an assignment asks for ({known}){unread}; name one with --assignment"
        )
    candidates = _by_parameters(sources, candidates)
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


def _by_parameters(sources: dict[str, source.Source], candidates: Sequence[Assignment]) -> list[Assignment]:
    """The candidates without those whose function of a name has a number of parameters farther from what is defined."""
    left = list(candidates)
    for name, found in [item for s in sources.values() for item in s.definitions.items()]:
        asked = {a.id: e.parameters for a in left for e in a.entry_points if e.function == name}
        apart = {id: abs(count - len(found.parameters)) for id, count in asked.items()}
        left = [a for a in left if apart.get(a.id, 0) <= min(apart.values(), default=0)] if apart else left
    return left


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
