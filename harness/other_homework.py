"""Modules of other homework: what a submission brings of them, what it asks for, and which report counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from harness import source
from harness.assignments.contract import Assignment
from harness.report import Report


def replaceable(assignment: Assignment, files: Mapping[str, str], contents: Mapping[str, bytes]) -> list[list[str]]:
    """Which of its own versions to do without: all, then each module alone, as another may be needed for what it has.

    None of them holds an entry point, so nobody is judged by them.
    """
    own = sorted(
        name
        for name in contents
        if PurePosixPath(name).stem in assignment.supplied and name not in files.values() and name.endswith(".py")
    )
    stems = dict.fromkeys(PurePosixPath(name).stem for name in own)
    alone = [[name for name in own if PurePosixPath(name).stem == stem] for stem in stems]
    return [own, *alone] if len(alone) > 1 else alone


def asked_for(supplied: Mapping[str, str], contents: Mapping[str, bytes]) -> list[str]:
    """Those modules of `supplied` that the submission imports and does not hold."""
    python = {name: data for name, data in contents.items() if name.endswith(".py")}
    imported = {module.rpartition(".")[2] for data in python.values() for module in source.parse(data).imports}
    own = {PurePosixPath(name).stem for name in python}
    return [name for name in supplied if name in imported - own]


def better(report: Report, again: Report, note: str) -> Report:
    """The report that earns more; `note` is added to the second one."""
    if (again.score.earned or 0.0) <= (report.score.earned or 0.0):
        return report
    return msgspec.structs.replace(again, notes=[note, *again.notes])


def without_notes_on(report: Report, replaced: Sequence[str]) -> Report:
    """The report, not saying of what was replaced that it was not handed in."""
    stems = tuple(f"{PurePosixPath(name).stem} was not handed in" for name in replaced)
    kept = [note for note in report.notes if not note.partition(";")[0].endswith(stems)]
    return msgspec.structs.replace(report, notes=kept)


def fails(report: Report) -> bool:
    """Whether anything could not be imported, raised or was wrong. What hangs is not run again for another's layers."""
    return any(e.status in ("error", "fail") for e in report.entry_points)
