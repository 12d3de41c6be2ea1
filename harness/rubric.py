"""Points as a course wants them: a TOML file that overrides points of entry points, weights of tensors, and limits."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.assignments.contract import Assignment, EntryPoint, Limits

Offered = Callable[[Assignment, EntryPoint], Sequence[str]]
"""Names of the properties that are about an entry point."""

EXAMPLE = """expected tables like
[points]
rnn_backward = 4
[tensors.rnn_backward]
dWh = 2
[limits]
cpu_call = 10"""


class RubricError(Exception):
    """A rubric that cannot be used, in a sentence for the person who wrote it."""


class Rubric(msgspec.Struct, frozen=True):
    """Points by entry point, weights by entry point and tensor, limits; what is not named keeps its default.

    `properties` are points by property of an entry point (of every one it is about, under the empty name), out of
    those the entry point is worth: what they leave is for its tensors.
    """

    points: dict[str, float] = {}
    tensors: dict[str, dict[str, float]] = {}
    properties: dict[str, dict[str, float]] = {}
    limits: dict[str, float] = {}
    convention_cost: float = 1.0
    """The share of one tensor's points that another convention than the handout's costs, once a submission."""


def points(rubric: Rubric | None, entry_point: EntryPoint) -> float:
    """What `entry_point` is worth: the rubric's points, or the assignment's own."""
    return (rubric or Rubric()).points.get(entry_point.name, entry_point.points)


def weights(rubric: Rubric | None, entry_point: EntryPoint) -> dict[str, float]:
    """The share of the points each tensor carries; they add up to 1. A tensor the rubric does not name weighs 1."""
    given = (rubric or Rubric()).tensors.get(entry_point.name, {})
    raw = {tensor.name: given.get(tensor.name, 1.0) for tensor in entry_point.tensors}
    return {name: weight / sum(raw.values()) for name, weight in raw.items()}


def properties(rubric: Rubric | None, entry_point: EntryPoint, offered: Sequence[str]) -> dict[str, float]:
    """Points of the properties that have some, out of the `offered` ones; what names the entry point goes first."""
    given = (rubric or Rubric()).properties
    found = {**given.get("", {}), **given.get(entry_point.name, {})}
    return {name: found[name] for name in offered if found.get(name)}


def convention_cost(rubric: Rubric | None) -> float:
    """The share of one tensor's points that another convention costs."""
    return (rubric or Rubric()).convention_cost


def _none_offered(assignment: Assignment, entry: EntryPoint) -> Sequence[str]:
    return ()


def limits(rubric: Rubric | None, assignment: Assignment) -> Limits:
    """The bounds on student code: the rubric's where it names one, else the assignment's own."""
    own = assignment.limits
    given = {name: type(getattr(own, name))(value) for name, value in (rubric or Rubric()).limits.items()}
    return msgspec.structs.replace(own, **given)


def load(
    path: Path, assignments: Sequence[Assignment], offered: Offered = _none_offered, text: str | None = None
) -> Rubric:
    """The rubric in `path`, or in `text` that was there; every name in it must be known to one of `assignments`.

    Raises `RubricError`.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8") if text is None else text)
    except OSError as error:
        raise RubricError(f"rubric {path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RubricError(f"rubric {path}: is not valid TOML ({error}); {EXAMPLE}") from error
    try:
        pairs = [(a, e) for a in assignments for e in (*a.entry_points, *(v.entry for v in a.values))]
        rubric = _checked(table, [e for _, e in pairs])
        named = [(e, tuple(offered(a, e))) for a, e in pairs]
        rubric = msgspec.structs.replace(rubric, properties=_properties(table, named))
        for entry, names in named:
            _demand_enough(rubric, entry, names)
        return rubric
    except RubricError as error:
        raise RubricError(f"rubric {path}: {error}") from error


def _checked(table: dict[str, Any], known: Sequence[EntryPoint]) -> Rubric:
    for name in table:
        if name not in ("points", "tensors", "properties", "limits", "conventions"):
            raise RubricError(f"unknown table [{name}]; {EXAMPLE}")
    names = {e.name for e in known}
    worth = {}
    for path, value in _leaves("points", table.get("points", {})):
        worth[_known(".".join(path), names, "[points]")] = value
    shares: dict[str, dict[str, float]] = {}
    for path, value in _leaves("tensors", table.get("tensors", {})):
        if len(path) == 1:
            raise RubricError(f"tensors.{path[0]} is {value:g}; {EXAMPLE}")
        entry = _known(".".join(path[:-1]), names, "[tensors]")
        tensors = {t.name for e in known if e.name == entry for t in e.tensors}
        shares.setdefault(entry, {})[_known(path[-1], tensors, f'[tensors."{entry}"]')] = value
    rubric = Rubric(
        worth, shares, limits=dict(_limits(table.get("limits", {}))), convention_cost=_convention_cost(table)
    )
    _demand_some_weight(rubric, known)
    return rubric


def _convention_cost(table: dict[str, Any]) -> float:
    """`[conventions] cost`: 0 for nothing, 1 (which is also the default) for all points of one tensor."""
    cost = Rubric().convention_cost
    for path, value in _leaves("conventions", table.get("conventions", {})):
        _known(".".join(path), {"cost"}, "[conventions]")
        if value > 1:
            raise RubricError(f"conventions.cost is {value:g}; expected a share of a tensor's points, from 0 to 1")
        cost = value
    return cost


def _properties(
    table: dict[str, Any], known: Sequence[tuple[EntryPoint, Sequence[str]]]
) -> dict[str, dict[str, float]]:
    """Points by entry point and property; under the empty name, those of every entry point they are about."""
    found: dict[str, dict[str, float]] = {}
    for path, value in _leaves("properties", table.get("properties", {})):
        name = ".".join(path[:-1])
        if name:
            _known(name, {e.name for e, _ in known}, "[properties]")
        names = {n for e, offered in known if name in ("", e.name) for n in offered}
        where = f'[properties."{name}"]' if name else "[properties]"
        found.setdefault(name, {})[_known(path[-1], names, where)] = value
    return found


def _demand_enough(rubric: Rubric, entry: EntryPoint, offered: Sequence[str]) -> None:
    """Properties share an entry point's points with its tensors: there is no more than that."""
    given, worth = sum(properties(rubric, entry, offered).values()), points(rubric, entry)
    if given > worth:
        raise RubricError(f"properties of {entry.name} are given {given:g} points; it is worth {worth:g} altogether")


def _limits(table: Any) -> Iterator[tuple[str, float]]:
    for path, value in _leaves("limits", table):
        if not value:
            raise RubricError(f"limits.{'.'.join(path)} is 0; nothing could run")
        yield _known(".".join(path), set(Limits.__struct_fields__), "[limits]"), value


def _leaves(where: str, table: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    """Numbers of a table with their path; `RNNCell.forward = 2` may stand with or without quotes."""
    if isinstance(table, Mapping):
        for key, value in table.items():
            yield from _leaves(where, value, (*path, key))
    elif not path:
        raise RubricError(f"[{where}] is not a table; {EXAMPLE}")
    elif isinstance(table, bool) or not isinstance(table, int | float) or not 0 <= table < math.inf:
        raise RubricError(f"{where}.{'.'.join(path)} is {table!r}; expected a number, 0 or more")
    else:
        yield path, float(table)


def _known(name: str, names: set[str], where: str) -> str:
    if name not in names:
        raise RubricError(f"{where} names {name!r}; known are {', '.join(sorted(names))}")
    return name


def _demand_some_weight(rubric: Rubric, known: Sequence[EntryPoint]) -> None:
    for entry in known:
        given = rubric.tensors.get(entry.name, {})
        if all(given.get(tensor.name, 1.0) == 0 for tensor in entry.tensors):
            raise RubricError(f'[tensors."{entry.name}"] gives every tensor the weight 0; one has to count')
