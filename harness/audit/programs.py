"""What an audit grades: misconceptions alone and in pairs, mutants, and programs known to be right."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from harness.audit.mutating import mutants
from harness.batch.discover import Entry
from reference_impls import catalogue

Kind = Literal["right", "misconception", "pair", "mutant"]


class Program(msgspec.Struct, frozen=True):
    """One program and what is known of it. `title` says what is wrong with it, `touches` which entry points.

    `harmless` is the argument, where there is one, why nothing is wrong with it although it was changed.
    """

    id: str
    kind: Kind
    source: str
    title: str = ""
    touches: tuple[str, ...] = ()
    harmless: str = ""


def right(assignment_id: str, folder: Path | None) -> list[Program]:
    """The model solution, and every `.py` file of a folder of right formulations."""
    model = Program("model", "right", catalogue.source(assignment_id), "the model solution")
    files = sorted(folder.glob("*.py")) if folder else []
    return [model, *(Program(f"right.{f.stem}", "right", f.read_text(encoding="utf-8")) for f in files)]


def misconceptions(assignment_id: str) -> list[Program]:
    """The model solution with each misconception in it."""
    source = catalogue.source(assignment_id)
    return [
        Program(m.id, "misconception", catalogue.apply(source, m), m.title, m.touches)
        for m in catalogue.misconceptions(assignment_id)
    ]


def pairs(assignment_id: str, count: int) -> list[Program]:
    """Two misconceptions at once, drawn at random from a fixed seed, where both can be made in one program."""
    known, source = list(catalogue.misconceptions(assignment_id)), catalogue.source(assignment_id)
    chance, found = random.Random(assignment_id), dict[str, Program]()
    for _ in range(20 * count):
        if len(found) >= count or len(known) < 2:
            break
        one, other = sorted(chance.sample(known, 2), key=lambda m: m.id)
        text = _both(source, one, other)
        if text is not None:
            name = f"{one.id}+{other.id}"
            touches = tuple(dict.fromkeys((*one.touches, *other.touches)))
            found[name] = Program(name, "pair", text, f"{one.title}; {other.title}", touches)
    return list(found.values())


def _both(source: str, one: catalogue.Misconception, other: catalogue.Misconception) -> str | None:
    try:
        return str(catalogue.apply(catalogue.apply(source, one), other))
    except ValueError:  # the first took away the place of the second
        return None


def mutated(assignment_id: str, count: int | None = None) -> list[Program]:
    """Mutants made by general operators: all of them, or as many drawn at random from a fixed seed."""
    argued = catalogue.equivalents(assignment_id)
    every = [
        Program(
            f"mutant.{m.id}",
            "mutant",
            m.source,
            f"{m.function}, {m.what}: {m.line}",
            harmless=argued.get(m.line, ""),
        )
        for m in mutants(catalogue.source(assignment_id))
    ]
    if count is None or count >= len(every):
        return every
    chosen = set(random.Random(assignment_id).sample(range(len(every)), count))
    return [program for i, program in enumerate(every) if i in chosen]


def laid_out(programs: Sequence[Program], folder: Path, assignment_id: str) -> list[Entry]:
    """The programs as files to be graded like submissions."""
    entries = []
    for number, program in enumerate(programs):
        path = folder / f"p{number:04d}.py"
        path.write_text(program.source, encoding="utf-8")
        entries.append(Entry(program.id, str(path), assignment_id))
    return entries
