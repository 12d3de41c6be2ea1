"""Names a mistake: one or two misconceptions, or a simple relation, that give the student's numbers on every case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from msgspec.structs import replace

from harness import stopwatch
from harness.assignments.contract import Assignment, Tensor
from harness.diagnosis import conventions, directions, pairing
from harness.diagnosis.in_rows import Mine
from harness.diagnosis.relations import relations
from harness.diagnosis.reproducing import Pairs, explained
from harness.evidence import Evidence
from harness.report import Diagnosis
from harness.wire import Failure
from harness.worker.session import Result
from reference_impls import catalogue
from reference_impls.catalogue import Misconception

Found = Sequence[tuple[Misconception, list[str]]]
"""Misconceptions with the tensors that each reproduces on every case, wrong ones and right ones."""


@stopwatch.phase("diagnosis")
def name(
    assignment: Assignment,
    evidence: Evidence,
    excused: Set[str],
    right: Set[str],
    rows: Sequence[Misconception] | None = None,
) -> list[Diagnosis]:
    """What explains the failed tensors: one mistake for all of them if there is one, two at once, or parts of them.

    Tensors in `excused` are wrong because of another entry point, and left out. `right` are entry points that are
    right: a mistake that would show there is not the one that was made. `rows` are the misconceptions to try, all those
    of the assignment unless given.
    """
    pairs = [
        (t, o) for t, o in zip(evidence.truths, evidence.outcomes, strict=False) if isinstance(o, Result | Failure)
    ]
    wrong = [t for t in evidence.entry.tensors if evidence.tensor_status(t.name) in ("fail", "error")]
    failed = [t for t in wrong if t.name not in excused]
    if not failed or not pairs:
        return []
    results = [(t, o) for t, o in pairs if isinstance(o, Result)]
    other = conventions.conventions(assignment, evidence.entry, failed, results) if len(results) == len(pairs) else {}
    judged = [t for t in evidence.entry.tensors if t.name not in excused]
    candidates = _candidates(assignment, evidence, right, rows)
    mine = Mine(evidence.truths, [o for _, o in results]) if len(results) == len(evidence.truths) else None
    telling = _telling(evidence, failed, pairs)
    found = [(m, explained(assignment, evidence.entry, (m,), judged, telling, mine)) for m in candidates]
    same = [m for m, names in found if len(names) == len(judged)]
    if same:
        named = _told_together(same, [t.name for t in failed], pairs)
        return [conventions.as_convention(named, other)]
    sized = directions.sized(assignment, evidence.entry, candidates, judged, pairs) if results else None
    if sized is not None:
        return [_of(sized, [t.name for t in failed], pairs)]
    left = [t for t in failed if t.name not in other]
    parts = [*conventions.diagnoses(other, len(pairs)), *_piecewise(left, found, pairs)]
    if {n for d in parts for n in d.explains} >= {t.name for t in failed} and len(parts) <= 2:
        return parts
    both = pairing.pair(assignment, evidence.entry, found, judged, [t.name for t in failed], pairs)
    return [_at_once(m, [t.name for t in failed], pairs) for m in both] or parts


def _telling(evidence: Evidence, failed: Sequence[Tensor], pairs: Pairs) -> Pairs:
    """The same pairs, the large ones that are wrong first: most mistakes are ruled out by one of those."""
    wrong = {id(v.truth) for t in failed for v in evidence.verdicts[t.name] if v.status in ("fail", "error")}
    places = sorted(range(len(pairs)), key=lambda i: (id(pairs[i][0]) not in wrong, -i))
    return [pairs[i] for i in places]


def unnamed(assignment: Assignment, evidence: Evidence, explained: Set[str], right: Set[str]) -> str:
    """Says which wrong numbers nothing explains, and how far was looked; empty where there are none."""
    left = [t.name for t in evidence.entry.tensors if evidence.tensor_status(t.name) == "fail"]
    names = [n for n in left if n not in explained]
    tried = len(_candidates(assignment, evidence, right, None))
    if not names or not tried:
        return ""
    them = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    if tried * (tried - 1) // 2 <= pairing.MOST:
        return f"None of the {tried} mistakes known here, nor any two of them at once, explains {them}."
    return (
        f"None of the {tried} mistakes known here explains {them}. "
        f"Two of them at once were tried {pairing.MOST} times; then the search stopped looking."
    )


def _candidates(
    assignment: Assignment, evidence: Evidence, right: Set[str], rows: Sequence[Misconception] | None
) -> list[Misconception]:
    every = catalogue.misconceptions(assignment.id) if rows is None else rows
    return [m for m in every if evidence.entry.name in m.touches and not right & set(m.touches)]


def _piecewise(failed: Sequence[Tensor], found: Found, pairs: Pairs) -> Iterator[Diagnosis]:
    """Mistakes that explain several tensors first; then a relation to the right answer for what is left."""
    left = {tensor.name: tensor for tensor in failed}
    for mistake, names in sorted(found, key=lambda item: -len(item[1])):
        explaining = [n for n in names if n in left]
        if explaining:
            yield _of(mistake, explaining, pairs)
            for n in explaining:
                del left[n]
    results = [(t, o) for t, o in pairs if isinstance(o, Result)]
    for tensor in left.values():
        relation = next(relations(tensor, failed, results), None) if len(results) == len(pairs) else None
        if relation is not None:
            yield relation


def _of(mistake: Misconception, explaining: list[str], pairs: Pairs) -> Diagnosis:
    title = f"{conventions.PREFIX}{mistake.title}" if mistake.convention else mistake.title
    agrees, kind = f"{len(pairs)} of {len(pairs)} cases", mistake.convention or None
    return Diagnosis(mistake.id, title, mistake.explanation, explaining, agrees, convention=kind)


def _told_together(same: Sequence[Misconception], explaining: list[str], pairs: Pairs) -> Diagnosis:
    """One diagnosis for all the mistakes that give these numbers: nothing here tells them apart."""
    first = _of(same[0], explaining, pairs)
    others = list(dict.fromkeys(m.title for m in same[1:] if m.title != same[0].title))
    more = "".join(f" The same numbers come of this: {title}." for title in others)
    return replace(first, explanation=first.explanation + more)


def _at_once(mistake: Misconception, explaining: list[str], pairs: Pairs) -> Diagnosis:
    return replace(_of(mistake, explaining, pairs), agrees_on=f"{len(pairs)} of {len(pairs)} cases, both at once")
