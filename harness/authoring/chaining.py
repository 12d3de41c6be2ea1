"""A sequence that is its step, chained over time: recognised by its arguments, so that a step's mistake counts once."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness.authoring.guessing import Family

TIME = "T"


class Chain(msgspec.Struct, frozen=True):
    """The names by which a sequence's functions are put together from those of its step."""

    forward: str
    backward: str
    step_forward: str
    step_backward: str
    data: str
    start: str
    state: str
    result: str
    upstream: str
    step_upstream: str
    weights: tuple[str, ...]
    state_place: int
    cache_place: int


def chain(family: Family, every: Sequence[Family]) -> Chain | None:
    """How a family's functions are chained; None where they are no such sequence, with one state and one result."""
    step = next((f for f in every if len(family.points) == 2 and f.points[0].name == family.points[0].step), None)
    if step is None or len(step.points) != 2:
        return None
    (forward, backward), (step_forward, step_backward) = family.points, step.points
    inputs, of_step = ([i for i in f.inputs if i.role != "upstream"] for f in (family, step))
    if [i.role for i in inputs] != [i.role for i in of_step] or not _alike(family, step):
        return None
    data, start = (next(i.name for i in inputs if i.role == role) for role in ("data", "state"))
    state = next(i.name for i in of_step if i.role == "state")
    kept = step_forward.function.returns
    return Chain(
        *(forward.name, backward.name, step_forward.name, step_backward.name, data, start, state),
        *(forward.results[0].name, next(iter(family.upstream)), next(iter(step.upstream))),
        tuple(f"d{i.name}" for i in inputs if i.role in ("weight", "bias")),
        kept.index(step_forward.results[0].name),
        kept.index(step_forward.cache),
    )


def _alike(family: Family, step: Family) -> bool:
    """One input over time, one state, one result; the same weights; a cache of every step."""
    both = (family, step)
    one_each = all(sum(i.role == role for i in f.inputs) == 1 for f in both for role in ("data", "state"))
    one_result = all(len(f.points[0].results) == len(f.upstream) == 1 and f.points[0].cache for f in both)
    timed = [i.name for i in family.inputs if i.role == "data" and i.dims[1:2] == (TIME,)]
    data = [i.name for i in step.inputs if i.role == "data"]
    weights = [{i.name for i in f.inputs if i.role in ("weight", "bias")} for f in both]
    return one_each and one_result and timed == data and weights[0] == weights[1]
