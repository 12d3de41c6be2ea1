"""The catalogue of misconceptions: small edits of a model solution that reproduce the mistakes students make.

The rows are data, in `<assignment>/misconceptions.toml`; those of an assignment of another package stand beside its
model solution there. An assignment whose functions another one asks for too shares
its rows, translated from one array library to the other.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.assignments import registry

HERE = Path(__file__).parent


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """Replaces `old`, which stands exactly once in the model solution, by `new`."""

    old: str
    new: str


class Misconception(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mistake students make.

    `title` is in a student's words; `explanation` says what is lost, doubled or bent; `question` leads there without
    giving the line away; `fix` gives it away.
    """

    id: str
    family: str
    title: str
    explanation: str
    question: str
    fix: str
    edits: tuple[Edit, ...]
    shows_at: str
    """The sizes at which results differ: `any`, or conditions such as `N>=2`, `T>=2 L>=2` (both), `L=1 or L>=3`;
    `by_chance` for what shows only with some numbers of such a size (a word that stands twice, a mask that is not
    empty, a rectifier that is open), `calls>=2` for what only a second call shows, `large_upstream` and `large_scores` for what only large
    upstream gradients or scores show, `shuffled` for what only special words at other places show, `float32` or
    `float64` for what only that dtype shows."""
    touches: tuple[str, ...]
    """Entry points whose results it changes."""
    convention: str = ""
    """For what is no mistake but another book's convention: its name. What was asked for is said by `explanation`."""
    size: str = ""
    """A number in the edits that everybody chooses differently: an epsilon, a limit, a weight."""


class Unseen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known mistake that is not in the catalogue, because no verdict can depend on it; `why` is the argument."""

    id: str
    title: str
    why: str


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of mutants that no result can depend on, as Python prints them; `why` is the argument."""

    lines: tuple[str, ...]
    why: str


class _Equivalents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    equivalent: tuple[Equivalent, ...] = ()


class _Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one TOML file holds. `shares` names the assignment whose rows come first, those of `families` alone where
    any are named; `translate` turns the text of their edits into this assignment's array library; `edits` replaces
    the edits of some of them."""

    shares: str = ""
    families: tuple[str, ...] = ()
    translate: tuple[tuple[str, str], ...] = ()
    edits: dict[str, tuple[Edit, ...]] = {}
    misconceptions: tuple[Misconception, ...] = ()
    unseen: tuple[Unseen, ...] = ()


@functools.cache
def misconceptions(assignment_id: str) -> tuple[Misconception, ...]:
    """Every misconception of an assignment; none when it has no catalogue. Raises `ValueError` on a malformed one."""
    rows = _read(assignment_id)
    every = misconceptions(rows.shares) if rows.shares else ()
    shared = [m for m in every if m.family in rows.families or not rows.families]
    return (*(_translated(m, rows) for m in shared), *rows.misconceptions)


def unseen(assignment_id: str) -> tuple[Unseen, ...]:
    """Known mistakes that no verdict can depend on, each with the argument."""
    rows = _read(assignment_id)
    return (*(unseen(rows.shares) if rows.shares and not rows.families else ()), *rows.unseen)


def equivalents(assignment_id: str) -> dict[str, str]:
    """Changed lines that are no mistakes, and why. Raises `ValueError` on a malformed file."""
    path = _file(assignment_id, "equivalent.toml")
    if path is None:
        return {}
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Equivalents)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: expected changed lines that are no mistakes: {error}") from error
    return {line: e.why for e in found.equivalent for line in e.lines}


def source(assignment_id: str) -> str:
    """The text of the model solution. Raises `LookupError` when there is none."""
    path = _file(assignment_id, "model.py")
    if path is None:
        raise LookupError(f"assignment {assignment_id!r} has no model solution: there is no model.py")
    return path.read_text(encoding="utf-8")


@functools.cache
def folder(assignment_id: str) -> Path | None:
    """Where the model solution and the files beside it are; None for an assignment without an answer key."""
    if (HERE / assignment_id).is_dir() or assignment_id not in registry.folders():
        return HERE / assignment_id
    model = registry.get(assignment_id).model
    found = importlib.util.find_spec(model) if model else None
    return Path(found.origin).parent if found is not None and found.origin else None


def _file(assignment_id: str, name: str) -> Path | None:
    """A file beside the model solution, where it is there."""
    place = folder(assignment_id)
    return place / name if place is not None and (place / name).exists() else None


def apply(source: str, misconception: Misconception) -> str:
    """The model solution with the mistake made in it. Raises `ValueError` for an edit that has no single place."""
    return apply_all(source, (misconception,))


def apply_all(source: str, made: Sequence[Misconception]) -> str:
    """The model solution with several mistakes made in it. Raises `ValueError` for edits that share a place too."""
    # From the last place to the first, so that what one edit writes is never what another one looks for.
    end = len(source)
    for place, edit in sorted((p for m in made for p in places(source, m)), reverse=True, key=lambda pair: pair[0]):
        if place + len(edit.old) > end:
            raise ValueError(f"{' and '.join(m.id for m in made)}: two edits share the place of {edit.old!r}")
        source, end = source[:place] + edit.new + source[place + len(edit.old) :], place
    return source


def places(source: str, misconception: Misconception) -> list[tuple[int, Edit]]:
    """Where each edit is made. Raises `ValueError` for one that has no single place."""
    for edit in misconception.edits:
        times = source.count(edit.old)
        if times != 1:
            raise ValueError(
                f"{misconception.id}: expected {edit.old!r} exactly once in the model solution, found {times}; "
                "re-anchor the edit in misconceptions.toml"
            )
    return [(source.index(edit.old), edit) for edit in misconception.edits]


def resized(misconception: Misconception, size: str) -> Misconception:
    """The same mistake with another number in the place of its own `size`."""
    edits = tuple(Edit(e.old, e.new.replace(misconception.size, size)) for e in misconception.edits)
    return msgspec.structs.replace(misconception, edits=edits, size=size)


def page() -> str:
    """The catalogue as Markdown, for people."""
    parts = ["# Misconceptions", _INTRODUCTION]
    for path in sorted(HERE.glob("*/misconceptions.toml")):
        parts += [f"## `{path.parent.name}`", *_tables(path.parent.name)]
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = (
    "Mistakes the harness knows by name. Each is a small edit of the model solution, in "
    "`reference_impls/<assignment>/misconceptions.toml`. This page is made from those files by "
    "`python -m reference_impls.catalogue > docs/misconceptions.md`."
)


def _tables(assignment_id: str) -> list[str]:
    shared = _read(assignment_id).shares
    rows = _read(assignment_id).misconceptions
    found = [f"Every misconception of `{shared}`, translated; and these:"] if shared else []
    cells = [(f"`{m.id}`", m.title, m.explanation, f"`{m.shows_at}`") for m in rows]
    found.append(_table(("id", "what happened", "why it is wrong", "shows at"), cells))
    if hidden := _read(assignment_id).unseen:
        cells_of_hidden = [(f"`{u.id}`", u.title, u.why) for u in hidden]
        found.append("Not in the catalogue, because no verdict can depend on them:")
        found.append(_table(("id", "what happened", "why no verdict depends on it"), cells_of_hidden))
    return found


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


@functools.cache
def _read(assignment_id: str) -> _Rows:
    path = _file(assignment_id, "misconceptions.toml")
    if path is None:
        return _Rows()
    try:
        return _understood(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: expected a catalogue of misconceptions: {error}") from error


def _understood(text: str) -> _Rows:
    return msgspec.convert(tomllib.loads(text), _Rows)


def _translated(mistake: Misconception, rows: _Rows) -> Misconception:
    own = rows.edits.get(mistake.id)
    edits = own or tuple(Edit(_translate(e.old, rows), _translate(e.new, rows)) for e in mistake.edits)
    return msgspec.structs.replace(mistake, edits=edits)


def _translate(text: str, rows: _Rows) -> str:
    for old, new in rows.translate:
        text = text.replace(old, new)
    return text


if __name__ == "__main__":
    sys.stdout.write(page())
