"""Known mistakes as a student's kit holds them: fingerprints of their results, and as much text as its hints allow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from harness.assignments.contract import Assignment, EntryPoint
from harness.diagnosis import conventions, reproducing
from harness.kits.inside.prints import fingerprint
from harness.oracles import bank
from harness.oracles.truth import Truth
from reference_impls import catalogue
from reference_impls.catalogue import Misconception

QUOTED = 14
"""Characters, without white space, from which on a piece of code is one and not a word."""
CASES = 8
"""On how many a mistake has to show its fingerprint; they are spread from the simplest to the largest."""


def mistakes(assignment: Assignment, seed: str, cases: int, hints: str) -> bytes:
    """The file of a kit's mistakes. Those that raise, or that need a second call, or a number that everybody chooses
    differently, are not in it: they have no fingerprint."""
    rows = [
        {**_text(mistake, hints), "entry": entry.name, "touches": mistake.touches, **prints}
        for mistake in catalogue.misconceptions(assignment.id)
        for entry in assignment.entry_points
        if entry.name in mistake.touches and not mistake.size
        for prints in _prints(assignment, entry, mistake, _spread(assignment, entry, seed, cases))
    ]
    return json.dumps(rows).encode()


def _text(mistake: Misconception, hints: str) -> dict[str, str]:
    """What is told of it: the question, at the highest level its name and what it does; nothing that quotes code."""
    named = hints == "full"
    told = {
        "question": mistake.question,
        "title": conventions.PREFIX * bool(mistake.convention) + mistake.title if named else "",
        "explanation": mistake.explanation if named else "",
        "convention": mistake.convention if named else "",
    }
    return {name: "" if _quotes(mistake, text) else text for name, text in told.items()}


def _quotes(mistake: Misconception, text: str) -> bool:
    """Whether a text has a piece of the model solution or of the mistake in it, long enough to be one."""
    pieces = ("".join(piece.split()) for edit in mistake.edits for piece in (edit.old, edit.new))
    said = "".join(text.split())
    return any(len(piece) >= QUOTED and piece in said for piece in pieces)


def _spread(assignment: Assignment, entry: EntryPoint, seed: str, cases: int) -> list[Truth]:
    """Some cases of the bank, the simplest, the largest, and some between."""
    known = bank.truths(assignment.id, entry.group, seed, cases)
    places = {round(i * (len(known) - 1) / max(CASES - 1, 1)) for i in range(CASES)}
    return [known[place] for place in sorted(places)]


def _prints(
    assignment: Assignment, entry: EntryPoint, mistake: Misconception, truths: Sequence[Truth]
) -> Iterator[dict[str, Any]]:
    """The mistake's fingerprints on these cases; nothing where a case gives none, or where none differs."""
    results = [reproducing.made(assignment, entry, (mistake,), truth) for truth in truths]
    prints: dict[str, list[float]] = {}
    differs = False
    for tensor in entry.tensors:
        for truth, result in zip(truths, results, strict=True):
            found = None if isinstance(result, str) else fingerprint(tensor, truth, result)
            right = fingerprint(tensor, truth, truth.expected)
            if found is None or right is None:
                return
            prints.setdefault(tensor.name, []).append(found[0])
            differs = differs or abs(found[0] - right[0]) > DIFFERENT * max(found[1], right[1])
    if differs:
        yield {"cases": [repr(truth.case) for truth in truths], "prints": prints}


DIFFERENT = 1e-6
"""How far a fingerprint has to be from the right one, relative to what it is the sum of."""
