"""How often a mistake is called by its name, how often by a wrong one, and what that costs.

Run as `PYTHONPATH=tests:. python benchmarks/naming.py [--pairs N] [--fresh N] [ASSIGNMENT …]`. Five kinds of
submissions are made:

- every misconception of the catalogue in the model solution;
- all of them once more, the whole program rewritten by machine in another style (`tests/formulations/restyling.py`);
- as many as there are by hand in right formulations of another style (`tests/formulations/mistakes.toml`);
- pairs of misconceptions, drawn at random, whose edits do not overlap;
- every misconception, when the catalogue does not have it: is what is said of its place right?

A name is wrong when the edit it stands for disagrees with the submission, in a tensor that it is said to explain, on
one of some fresh cases. The project's own code runs in this process; the time is CPU time of diagnosing alone.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence, Set
from types import ModuleType
from typing import Any

import msgspec
import numpy as np
from tabulate import tabulate

from formulations import mistakes, restyling
from formulations.in_process import evidence_of, returns, submission_of
from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Tensor, part_names
from harness.diagnosis import locating, naming, reproducing
from harness.evidence import Evidence
from harness.oracles.bank import Truth
from harness.report import Diagnosis
from harness.worker.session import Outcome as Returned
from harness.worker.session import Result
from reference_impls import catalogue
from reference_impls.catalogue import Misconception

Array = np.ndarray[Any, Any]

FRESH = "fresh cases"
ROUNDING = {"float64": 1e-7, "float32": 1e-2}
LOCATED = 100
"""Fresh cases on which what is said of a mistake's place is looked at again; judging them takes most of the time."""
HEADERS = ("mistakes", "shown", "named", "share", "its own name", "wrong names", "median s", "most s")


class Outcome(msgspec.Struct, frozen=True):
    """What came of diagnosing one submission."""

    label: str
    ids: tuple[str, ...]
    entry_point: str
    diagnoses: tuple[Diagnosis, ...]
    named: bool
    called: bool
    """By its own name, alone or among those that give the same numbers."""
    wrong: tuple[str, ...]
    seconds: float


def main() -> None:
    """Measure and print."""
    arguments = _parser().parse_args()
    chosen = [registry.get(name) for name in arguments.assignments] or list(registry.every())
    rows = []
    kinds: dict[str, Callable[[Assignment], Iterator[Outcome]]] = {
        "one, in the model solution": lambda a: singles(a, arguments.fresh),
        "one, rewritten by machine": lambda a: rewritten(a, arguments.fresh),
        "one, in another style": lambda a: styles(a, arguments.fresh),
        "two at once": lambda a: pairs(a, arguments.pairs // len(chosen), arguments.fresh),
        "one that is not in the catalogue, located": lambda a: left_out(a, arguments.fresh),
    }
    for kind, measure in kinds.items():
        outcomes = [o for a in chosen for o in measure(a)]
        rows.append(_row(kind, outcomes))
        for outcome in outcomes if arguments.verbose else ():
            if not outcome.named or outcome.wrong or not outcome.called:
                told = [(d.id, d.explains) for d in outcome.diagnoses]
                print(f"  {outcome.label} {outcome.entry_point}: {told} wrong {outcome.wrong}")
    print(tabulate(rows, headers=HEADERS))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("assignments", nargs="*")
    parser.add_argument("--pairs", type=int, default=300, help="pairs of mistakes, over all assignments")
    parser.add_argument("--fresh", type=int, default=100, help="fresh cases that a name has to survive")
    parser.add_argument("--verbose", action="store_true", help="list what is not named")
    return parser


def _row(kind: str, outcomes: Sequence[Outcome]) -> tuple[object, ...]:
    if not outcomes:
        return kind, 0, 0, "", 0, 0, "", ""
    named, called, wrong = (sum(bool(getattr(o, kind)) for o in outcomes) for kind in ("named", "called", "wrong"))
    seconds = [o.seconds for o in outcomes]
    share = f"{named / len(outcomes):.1%}"
    return kind, len(outcomes), named, share, called, wrong, f"{statistics.median(seconds):.3f}", f"{max(seconds):.2f}"


def singles(assignment: Assignment, fresh: int) -> Iterator[Outcome]:
    """Every misconception of the catalogue, in the model solution."""
    for mistake in catalogue.misconceptions(assignment.id):
        code = submission_of(catalogue.apply(catalogue.source(assignment.id), mistake))
        yield from outcomes(assignment, code, mistake.id, [mistake], fresh)


def rewritten(assignment: Assignment, fresh: int, chosen: Sequence[Misconception] | None = None) -> Iterator[Outcome]:
    """Every misconception of the catalogue, or the `chosen`, in a program that a machine has rewritten."""
    for mistake in chosen or catalogue.misconceptions(assignment.id):
        source = catalogue.apply(catalogue.source(assignment.id), mistake)
        code = submission_of(restyling.restyled(source, assignment.library))
        yield from outcomes(assignment, code, f"rewritten: {mistake.id}", [mistake], fresh)


def styles(assignment: Assignment, fresh: int) -> Iterator[Outcome]:
    """The same mistakes in right formulations of another style."""
    rows = {m.id: m for m in catalogue.misconceptions(assignment.id)}
    for style in mistakes.every(assignment.id):
        label = f"{style.formulation}: {style.id}"
        yield from outcomes(assignment, submission_of(mistakes.source(style)), label, [rows[style.id]], fresh)


def pairs(assignment: Assignment, count: int, fresh: int, seed: str = "0") -> Iterator[Outcome]:
    """Pairs of misconceptions that touch one entry point in common, drawn at random."""
    source = catalogue.source(assignment.id)
    every = list(itertools.combinations(catalogue.misconceptions(assignment.id), 2))
    random.Random(f"{seed} {assignment.id}").shuffle(every)
    taken = 0
    for one, other in every:
        if taken >= count or not set(one.touches) & set(other.touches):
            if taken >= count:
                return
            continue
        try:
            code = submission_of(catalogue.apply_all(source, (one, other)))
        except (ValueError, SyntaxError):
            continue
        found = list(outcomes(assignment, code, f"{one.id} + {other.id}", [one, other], fresh))
        taken += bool(found)
        yield from found[:1]


def left_out(assignment: Assignment, fresh: int, chosen: Sequence[Misconception] | None = None) -> Iterator[Outcome]:
    """Every misconception, or the `chosen`, when the catalogue does not have it: is what is said of its place right?

    That is: the wrong tensors are those that are wrong on fresh cases, and so are the steps, samples, layers, features.
    """
    rows = catalogue.misconceptions(assignment.id)
    for mistake in chosen or rows:
        code = submission_of(catalogue.apply(catalogue.source(assignment.id), mistake))
        others = [m for m in rows if m.id != mistake.id]
        yield from outcomes(assignment, code, mistake.id, [mistake], fresh, others)


def _located(assignment: Assignment, evidence: Evidence, again: Evidence) -> bool:
    """Whether the same tensors are wrong on other cases, and everything said of their steps, samples, layers holds."""
    group = assignment.group(evidence.entry.group)
    return all(
        evidence.tensor_status(t.name) == again.tensor_status(t.name)
        and _places(locating.where(group, evidence, t)) <= _places(locating.where(group, again, t))
        for t in evidence.entry.tensors
    )


def _places(phrases: Sequence[str]) -> set[str]:
    """What is said of parts of a tensor; the rest is said of cases, which are others."""
    return {phrase for phrase in phrases if phrase.startswith(("in ", "off "))}


def outcomes(
    assignment: Assignment,
    code: ModuleType,
    label: str,
    made: Sequence[Misconception],
    fresh: int,
    rows: Sequence[Misconception] | None = None,
) -> Iterator[Outcome]:
    """One outcome for each entry point that is wrong by its own fault, the first of those all mistakes touch."""
    touched = set.intersection(*(set(m.touches) for m in made)) if len(made) > 1 else set(made[0].touches)
    known: dict[str, Evidence] = {}
    everywhere = {n for m in made for n in m.touches}
    right = {e.name for e in assignment.entry_points} - everywhere
    for entry in assignment.entry_points:
        if entry.name not in everywhere:
            continue
        known[entry.name] = evidence = evidence_of(assignment, entry, code)
        failing = {t.name for t in evidence.entry.tensors if evidence.tensor_status(t.name) in ("fail", "error")}
        if any(n in known and known[n].failed for n in entry.needs) or entry.name not in touched or not failing:
            continue
        began = time.process_time()
        said = naming.name(assignment, evidence, frozenset(), right, rows)
        seconds = time.process_time() - began
        explained = {n for d in said for n in d.explains}
        wrong = _wrong(assignment, entry.name, code, said, right, fresh)
        if rows is None:
            named = explained >= failing and not wrong
        else:
            named = _located(assignment, evidence, _again(assignment, entry.name, code, min(fresh, LOCATED)))
        called = {m.id for m in made} <= _called(assignment, said)
        yield Outcome(label, tuple(m.id for m in made), entry.name, tuple(said), named, called, wrong, seconds)
        return


def _again(assignment: Assignment, entry: str, code: ModuleType, fresh: int) -> Evidence:
    """What is seen of the same submission on other cases."""
    return evidence_of(assignment, assignment.entry_point(entry), code, FRESH, fresh)


def _called(assignment: Assignment, said: Sequence[Diagnosis]) -> set[str]:
    """Mistakes whose names are said, those included that give the same numbers."""
    ids, text = {d.id for d in said}, " ".join(d.explanation for d in said)
    return ids | {m.id for m in catalogue.misconceptions(assignment.id) if m.title in text}


def _wrong(
    assignment: Assignment, entry: str, code: ModuleType, said: Sequence[Diagnosis], right: Set[str], fresh: int
) -> tuple[str, ...]:
    """Diagnoses that do not hold on fresh cases."""
    rows = {m.id: m for m in catalogue.misconceptions(assignment.id)}
    if all(d.id in rows and d.title.endswith(rows[d.id].title) for d in said):
        return _refuted(assignment, entry, code, said, [rows[d.id] for d in said], fresh)
    # What has a fitted size, or is a relation to the right answer, is looked for anew.
    again = _again(assignment, entry, code, fresh)
    tried = [m for m in rows.values() if m.id in {d.id for d in said}]
    found = {(d.id, n) for d in naming.name(assignment, again, frozenset(), right, tried) for n in d.explains}
    fails = {t.name for t in again.entry.tensors if again.tensor_status(t.name) in ("fail", "error")}
    return tuple(d.id for d in said if any((d.id, n) not in found for n in d.explains if n in fails))


def _refuted(
    assignment: Assignment,
    entry_name: str,
    code: ModuleType,
    said: Sequence[Diagnosis],
    edits: Sequence[Misconception],
    fresh: int,
) -> tuple[str, ...]:
    """Diagnoses whose edit disagrees with the submission, in a tensor that it is said to explain."""
    if not said:
        return ()
    entry, truths, outcomes = returns(assignment, assignment.entry_point(entry_name), code, FRESH, fresh)
    cases = list(zip(truths, outcomes, strict=True))
    together = any(d.agrees_on.endswith("both at once") for d in said)
    found = []
    for diagnosis, edit in zip(said, edits, strict=True):
        tensors = [t for t in entry.tensors if t.name in diagnosis.explains]
        mistakes = tuple(edits) if together else (edit,)
        if not all(_agree(assignment, entry, mistakes, tensors, case, outcome) for case, outcome in cases):
            found.append(diagnosis.id)
    return tuple(found)


def _agree(
    assignment: Assignment,
    entry: EntryPoint,
    mistakes: tuple[Misconception, ...],
    tensors: Sequence[Tensor],
    truth: Truth,
    outcome: Returned,
) -> bool:
    """Whether edits agree with a submission on a case, `ROUNDING` of a tensor's largest element aside.

    A mistake can be such that rounding counts for more in it than in the right answer, whose bound is known.
    """
    if reproducing.whole(assignment, entry, mistakes, tensors, [(truth, outcome)]):
        return True
    results = reproducing.made(assignment, entry, mistakes, truth)
    if isinstance(results, str) or not isinstance(outcome, Result):
        return False
    names = [n for t in tensors for n in part_names(t.name, t.per_layer, truth.case.dims)]
    return all(_near(outcome.arrays.get(n), results.get(n), ROUNDING[truth.case.dtype]) for n in names)


def _near(actual: Array | None, made: Array | None, share: float) -> bool:
    if actual is None or made is None or actual.shape != made.shape:
        return False
    largest = float(np.max(np.abs(made[np.isfinite(made)]), initial=0.0))
    return bool(np.allclose(actual, made, rtol=0, atol=share * largest, equal_nan=True))


if __name__ == "__main__":
    main()
