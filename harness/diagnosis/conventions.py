"""Another convention than the handout's, told apart from a mistake: what is computed is right, and asked differently.

A tensor follows another convention when it equals the right answer, reduced or arranged in one of a few ways that other
books and libraries use, on every case, to within what rounding allows of the right answer itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import Assignment, EntryPoint, Group, Tensor, part_names
from harness.diagnosis.rearranging import Rearranged, another_order, rearrangements
from harness.oracles.bank import Truth
from harness.report import Diagnosis
from harness.worker.session import Result

Array = np.ndarray[Any, Any]
Pairs = Sequence[tuple[Truth, Result]]
Found = Mapping[str, tuple["Convention", ...]]
"""The conventions that each tensor follows: one, or several at once."""

PREFIX = "another convention: "
ROUNDINGS = 8
"""How many roundings more a factor or a division may add, relative to each element."""


class Convention(msgspec.Struct, frozen=True):
    """One way of computing or arranging a result: `kind` for the program, `how` and `asked` for people."""

    kind: str
    how: str
    asked: str
    partner: str = ""
    """The result in whose place a tensor stands."""


class Right(msgspec.Struct, frozen=True):
    """What a tensor's parts are by some convention on one case, and how far rounding may lead from it."""

    expected: Mapping[str, Array]
    allowed: Mapping[str, Array]


Answer = Callable[[Truth], Right]
Factor = Callable[[Truth], float]
Scale = tuple[Convention | None, Factor]
Arrangement = tuple[Convention | None, Answer]


def conventions(assignment: Assignment, entry: EntryPoint, failed: Sequence[Tensor], pairs: Pairs) -> Found:
    """Every failed tensor that follows other conventions on every case, with the fewest that explain it."""
    group = assignment.group(entry.group)
    rearranged = [Rearranged(assignment, group, way) for way in rearrangements(group)]
    found = {}
    for tensor in failed:
        arrangements = list(_arrangements(entry, group, tensor, failed, rearranged))
        kinds = _followed(tensor, arrangements, list(_scales(group, tensor)), pairs)
        if kinds:
            found[tensor.name] = kinds
    return {name: kinds for name, kinds in found.items() if _partner_agrees(name, found)}


def diagnoses(found: Found, cases: int) -> list[Diagnosis]:
    """One diagnosis for each convention, whatever number of tensors follows it."""
    ways = {(c.kind, c.how): c for followed in found.values() for c in followed}
    said = []
    for way, convention in ways.items():
        names = [n for n, followed in found.items() if way in {(c.kind, c.how) for c in followed}]
        title = f"{PREFIX}{_listed(names)} {'is' if len(names) == 1 else 'are'} {convention.how}"
        agrees = f"{cases} of {cases} cases"
        kind = convention.kind
        said.append(Diagnosis(f"convention.{kind}", title, _asked(convention), names, agrees, convention=kind))
    return said


def as_convention(diagnosis: Diagnosis, found: Found) -> Diagnosis:
    """A diagnosis that follows one and the same convention in everything it explains says so; others stay."""
    followed = [found.get(name, ()) for name in diagnosis.explains]
    if len({tuple(c.kind for c in kinds) for kinds in followed}) != 1 or len(followed[0]) != 1:
        return diagnosis
    convention = followed[0][0]
    title, explanation = PREFIX + diagnosis.title, f"{diagnosis.explanation} {_asked(convention)}"
    return msgspec.structs.replace(diagnosis, title=title, explanation=explanation, convention=convention.kind)


def _asked(convention: Convention) -> str:
    return f"The handout asks for {convention.asked}."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def asked_for(truth: Truth) -> Right:
    """The right answer as it was asked for."""
    return Right(truth.expected, truth.allowed)


def _arrangements(
    entry: EntryPoint, group: Group, tensor: Tensor, failed: Sequence[Tensor], rearranged: Sequence[Rearranged]
) -> Iterator[Arrangement]:
    """The right answer, and the ways in which it may be arranged otherwise."""
    order = ", ".join(t.name for t in entry.tensors)
    yield None, asked_for
    if len(tensor.dims) == 2:
        asked = f"shape ({', '.join(tensor.dims)}), rows and columns the other way round"
        yield Convention("transposed", "transposed", asked), lambda truth: _transposed(truth, tensor)
    for other in failed:
        if other.name != tensor.name and not tensor.per_layer and not other.per_layer:
            convention = Convention("swapped", "returned in each other's place", f"the order {order}", other.name)
            yield convention, lambda truth, name=other.name: _in_place_of(truth, tensor.name, name)  # type: ignore[misc]
    for way in rearranged:
        yield Convention(*another_order(group, way.way)), lambda truth, way=way: Right(*way.answers(truth))  # type: ignore[misc]


def _transposed(truth: Truth, tensor: Tensor) -> Right:
    names = part_names(tensor.name, tensor.per_layer, truth.case.dims)
    return Right({n: truth.expected[n].T for n in names}, {n: truth.allowed[n].T for n in names})


def _in_place_of(truth: Truth, name: str, other: str) -> Right:
    return Right({name: truth.expected[other]}, {name: truth.allowed[other]})


MEAN = Convention("mean", "averaged over the batch", "the sum over the batch")
SUM = Convention("sum", "summed over the batch", "the average over the batch")
STEPS = Convention("mean_over_time", "averaged over the time steps", "the sum over the time steps")
BOTH = Convention("mean_over_all", "averaged over batch and time steps", "the sum over both")
TOO = Convention(
    "mean_over_time", "averaged over the time steps too", "the sum over the time steps, averaged over the batch alone"
)
COUNTED = Convention(
    "mean_over_mask",
    "averaged over the words that count",
    "the sum over the words that count, averaged over the batch alone",
)
HALF = Convention("half", "taken of half the squared error", "the squared error, without a factor ½")


def _scales(group: Group, tensor: Tensor) -> Iterator[Scale]:
    """No factor; then those by which a loss or a gradient differs where it is reduced otherwise."""
    yield None, lambda truth: 1.0
    if not tensor.wrt and tensor.name != group.objective:
        return
    averaged = tensor.reduction == "mean" or (bool(group.objective) and "N" in group.dims)
    if averaged:
        yield SUM, lambda truth: truth.case.dims["N"]
    elif "N" in group.dims:
        yield MEAN, lambda truth: 1 / truth.case.dims["N"]
    if "T" in group.dims:
        yield (TOO if averaged else STEPS), lambda truth: 1 / _steps(group, truth)
        if "N" in group.dims and not averaged:
            yield BOTH, lambda truth: 1 / (truth.case.dims["N"] * truth.case.dims["T"])
    for mask in (i.name for i in group.inputs if i.role == "mask"):
        yield COUNTED, lambda truth, mask=mask: truth.case.dims["N"] / max(1, int(truth.inputs[mask].sum()))  # type: ignore[misc]
        yield COUNTED, lambda truth, mask=mask: _over(truth.case.dims["N"], int(truth.inputs[mask].sum()))  # type: ignore[misc]
    if group.squared_error:
        yield HALF, lambda truth: 0.5


def _steps(group: Group, truth: Truth) -> int:
    """A caption's last word is nobody's input: there is one step fewer than there are words."""
    return truth.case.dims["T"] - any(i.role == "words" for i in group.inputs)


def _over(dividend: int, divisor: int) -> float:
    return dividend / divisor if divisor else float("nan")


def _followed(
    tensor: Tensor, arrangements: Sequence[Arrangement], scales: Sequence[Scale], pairs: Pairs
) -> tuple[Convention, ...]:
    """The fewest conventions by which the tensor is right on every case; none when there are no such."""
    ways = sorted(itertools.product(arrangements, scales), key=lambda way: _count(*way))
    for (arranged, answer), (scaled, factor) in ways:
        kinds = tuple(c for c in (arranged, scaled) if c is not None)
        if kinds and all(_right(tensor, t, o, answer, factor(t)) for t, o in pairs) and _told_apart(tensor, pairs):
            return kinds
    return ()


def _count(arrangement: Arrangement, scale: Scale) -> int:
    return (arrangement[0] is not None) + (scale[0] is not None)


def _told_apart(tensor: Tensor, pairs: Pairs) -> bool:
    """Whether the tensor differs from what was asked on two shapes, in one of which no two dimensions are equal."""
    differing = [truth.case.dims for truth, outcome in pairs if not _right(tensor, truth, outcome, asked_for, 1.0)]
    return len({tuple(d.values()) for d in differing}) >= 2 and any(len({*d.values()}) == len(d) for d in differing)


def _right(tensor: Tensor, truth: Truth, outcome: Result, answer: Answer, factor: float) -> bool:
    right = answer(truth)
    return all(
        name in outcome.arrays
        and name in right.expected
        and _equal(outcome.arrays[name], factor * right.expected[name], factor * right.allowed[name], truth)
        for name in part_names(tensor.name, tensor.per_layer, truth.case.dims)
    )


def _equal(actual: Array, wanted: Array, allowed: Array, truth: Truth) -> bool:
    """Within what rounding allows of the right answer, so that a convention never hides a mistake besides."""
    if actual.shape != wanted.shape or actual.dtype.kind == "c":
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        slack = ROUNDINGS * np.finfo(truth.case.dtype).eps * np.abs(wanted)
        near = np.abs(actual.astype(np.float64) - wanted) <= allowed + slack
    return bool(np.all(near | (np.isnan(actual) & np.isnan(wanted))))


def _partner_agrees(name: str, found: Found) -> bool:
    """Two results that changed places are a convention; one that stands in two places is a mistake."""
    partners = [c.partner for c in found[name] if c.partner]
    return all(name in {c.partner for c in found.get(partner, ())} for partner in partners)
