"""Which file of a submission is meant for each entry point, and why, where there was a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from pathlib import PurePosixPath

import msgspec

from harness import attempts, celltext, source, submission
from harness.assignments.contract import Assignment
from harness.source import Source
from harness.submission import Submission, Unreadable

MOST_NOTES = 8
_QUOTED = re.compile(rb"[\"']([^\"'\n]{1,300})[\"']")


class Choice(msgspec.Struct, frozen=True):
    """What is graded: the submission without attempts that do not count, the file of each top-level name, and why."""

    submission: Submission
    files: dict[str, str]
    notes: tuple[str, ...] = ()


def choose(handed_in: Submission, assignment: Assignment, attempt: str | None = None) -> Choice:
    """What of `handed_in` is graded. Raises `NoSuchAttempt`, and `Unreadable` as `entry_files` does."""
    counted, told = attempts.narrowed(handed_in, assignment, attempt)
    files = entry_files(counted, assignment)
    notes = [*told, *_passed_over(counted, assignment, files), *_not_carried(counted)]
    return Choice(counted, files, tuple(notes[:MOST_NOTES]))


def entry_files(handed_in: Submission, assignment: Assignment) -> dict[str, str]:
    """For every top-level name the assignment asks for and the submission defines: the file that defines it.

    Where several files do: one that was filled in before a skeleton, then the handout's file name, then the one
    that defines the most names, then the shallowest, then one that can be parsed. Of a notebook and the `.py` it was
    exported to, it is the notebook where variables are asked for. Raises `Unreadable`
    when two files are left that differ, or when nothing is found and a file is no valid Python.
    """
    sources = submission.python(handed_in, assignment.aliases)
    content = {file.name: file.data for file in handed_in.files}
    written = {file.name for file in submission.written(handed_in.files)}
    chosen = {}
    for name in assignment.defined_names:
        ranks = _ranks(sources, name, assignment)
        best = sorted(file for file, rank in ranks.items() if rank == min(ranks.values()))
        for other in best[1:]:
            if content[other] != content[best[0]] and not _of_one_notebook(best[0], other, content, written, name):
                raise Unreadable(f"{name} is defined in {best[0]} and in {other}; hand in one of them")
        if best:
            chosen[name] = min(best, key=lambda f: (f in written, celltext.is_notebook(f) != bool(assignment.values)))
    broken = submission.broken(sources)
    if broken and not chosen:
        raise Unreadable(f"{broken[0]}; nothing that {assignment.id} asks for can be found")
    return chosen


def _of_one_notebook(one: str, other: str, content: Mapping[str, bytes], written: Set[str], name: str) -> bool:
    """Whether one of two files that define `name` is a notebook, and the other what was exported from it or what a cell
    of it writes."""
    kinds = {celltext.is_notebook(one), celltext.is_notebook(other)}
    return len(kinds) == 2 and (bool(written & {one, other}) or source.same(content[one], content[other], name))


Rank = tuple[bool, int, int, int, bool]


def _ranks(sources: Mapping[str, Source], name: str, assignment: Assignment) -> dict[str, Rank]:
    return {file: _rank(file, s, name, assignment) for file, s in sources.items() if name in s.definitions}


def _rank(file: str, found: Source, name: str, assignment: Assignment) -> Rank:
    """How likely `file` holds the `name` that was meant: the smaller, the likelier."""
    parts = [e for e in assignment.entry_points if e.defined_by == name]
    names = assignment.files.get(name, ())
    basename = PurePosixPath(file).name
    return (
        all(source.not_attempted(found, e.function, assignment.skeleton(e)) for e in parts),
        names.index(basename) if basename in names else len(names),
        -len(set(assignment.defined_names) & found.definitions.keys()),
        file.count("/"),
        bool(found.problem),
    )


def _passed_over(handed_in: Submission, assignment: Assignment, files: Mapping[str, str]) -> Iterator[str]:
    """A sentence for every other file that defines what was taken from the one chosen; copies are none."""
    sources = submission.python(handed_in, assignment.aliases)
    content = {file.name: file.data for file in handed_in.files}
    told: dict[tuple[str, str, str], list[str]] = {}
    for name, taken in files.items():
        ranks = _ranks(sources, name, assignment)
        for other in sorted(ranks):
            if content[other] != content[taken]:
                told.setdefault((taken, other, _why(ranks[taken], ranks[other], taken)), []).append(name)
    for (taken, other, why), names in told.items():
        yield f"{', '.join(names)}: taken from {taken}, not from {other}, {why}"


def _why(taken: Rank, other: Rank, file: str) -> str:
    reasons = (
        "which is still the handout's skeleton",
        f"because the handout calls the file {PurePosixPath(file).name}",
        "which defines fewer of the names asked for",
        "which lies deeper",
        "which is not valid Python",
    )
    why = (reason for reason, a, b in zip(reasons, taken, other, strict=True) if a != b)
    return next(why, "which is the same notebook's code in another file")


def _not_carried(handed_in: Submission) -> Iterator[str]:
    """A sentence for every file left out that some source file names or imports."""
    if not handed_in.left_out:
        return
    for file, found in submission.python(handed_in).items():
        data = next(f.data for f in handed_in.files if f.name == file)
        quoted = {PurePosixPath(m[1].decode("utf-8", "replace")).name for m in _QUOTED.finditer(data)}
        imported = {module.split(".")[-1] for module in found.imports}
        for name in handed_in.left_out:
            path = PurePosixPath(name)
            if path.name in quoted or (path.suffix in (".so", ".pyd") and path.name.split(".")[0] in imported):
                yield f"{file} names {name}, which does not come along when the code runs: it is large or binary"
