"""What a contract can be guessed to be from a solution: groups, inputs with roles, results; what cannot is marked."""

from __future__ import annotations

import re

import msgspec

from harness.assignments.contract import Role
from harness.authoring.reading import CACHE, Function, Solution

UNKNOWN = ("TODO",)
"""The shape of what the solution's docstrings say nothing of: a contract with it is told to be one to fill in."""
ROLES: tuple[tuple[str, Role], ...] = (
    (r"(prev|last)_?[hcs]|[hcs]_?(prev|0)|h0|c0|state|hidden|initial_state", "state"),
    (r"[WUV]\w*|w\d*|w_\w+|weights?", "weight"),
    (r"b\w?|b_\w+|c|bias\w*", "bias"),
    (r"mask", "mask"),
    (r"x|xs?|inputs?|features|data", "data"),
)
RANGES = {"T": (1, 10), "N": (1, 6)}
LARGEST = 8


class Guessed(msgspec.Struct, frozen=True):
    """An input of a group: its shape and role, and whether a person has to look at either."""

    name: str
    dims: tuple[str, ...]
    role: Role
    unsure: bool = False


class Result(msgspec.Struct, frozen=True):
    """What an entry point returns, and the input it is the gradient of."""

    name: str
    dims: tuple[str, ...]
    wrt: str = ""


class Point(msgspec.Struct, frozen=True):
    """An entry point: the arguments in order, the results in order, and how it belongs to others."""

    function: Function
    group: str
    arguments: tuple[str, ...]
    results: tuple[Result, ...]
    forward: str = ""
    step: str = ""

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.name

    @property
    def cache(self) -> str:
        """What a forward function returns for its backward function's use; empty where it returns no such thing."""
        return next((name for name in self.function.returns if CACHE.fullmatch(name)), "")

    @property
    def signature(self) -> str:
        """How the contract prints it."""
        shapes = {**self.function.shapes, **{r.name: r.dims for r in self.results}}
        given, returned = ([_with_shape(n, shapes) for n in names] for names in (self.arguments, self.function.returns))
        return f"{self.name}({', '.join(given)}) -> {', '.join(returned)}"


class Family(msgspec.Struct, frozen=True):
    """Entry points that are tried on the same cases: a forward function and its backward function, or one alone."""

    name: str
    dims: dict[str, tuple[int, int]]
    inputs: tuple[Guessed, ...]
    upstream: dict[str, str]
    points: tuple[Point, ...]
    objective: str = ""

    @property
    def pinned(self) -> list[dict[str, int]]:
        """Small shapes that always come along: all ones, all twos, equal ones, different ones, one step."""
        names = list(self.dims)
        shapes = [dict.fromkeys(names, size) for size in (1, 2, 3)]
        shapes.append({name: min(2 + place, self.dims[name][1]) for place, name in enumerate(names)})
        shapes += [{**dict.fromkeys(names, 2), name: 1} for name in names]
        return [shape for n, shape in enumerate(shapes) if shape not in shapes[:n]]


def families(solution: Solution) -> tuple[Family, ...]:
    """The groups of entry points, in the order of the solution."""
    everywhere = _agreed(solution)
    functions = {f.name: msgspec.structs.replace(f, shapes=everywhere | f.shapes) for f in solution.functions}
    found = []
    for function in functions.values():
        forward = function.name.removesuffix("_backward") + "_forward"
        if function.name.endswith("_backward") and forward in functions:
            continue  # it comes with its forward function
        backward = functions.get(function.name.removesuffix("_forward") + "_backward")
        found.append(_family(function, backward if function.name.endswith("_forward") else None, functions))
    return tuple(found)


def _agreed(solution: Solution) -> dict[str, tuple[str, ...]]:
    """Shapes that all docstrings which give them agree about: a sequence's weights are those of its step."""
    said = [(name, dims) for function in solution.functions for name, dims in function.shapes.items()]
    return {name: dims for name, dims in said if all(other == dims for same, other in said if same == name)}


def _family(forward: Function, backward: Function | None, functions: dict[str, Function]) -> Family:
    shapes = dict(forward.shapes)
    inputs = [_guessed(name, shapes) for name in forward.parameters]
    given = {i.name for i in inputs}
    results = tuple(_result(n, shapes, given) for n in forward.returns if not CACHE.fullmatch(n))
    values = [r for r in results if not r.wrt]
    upstream = {f"d{r.name}": r.name for r in values if backward is not None and f"d{r.name}" in backward.parameters}
    inputs += [Guessed(name, next(r.dims for r in values if r.name == of), "upstream") for name, of in upstream.items()]
    dims = _dimensions([i.dims for i in inputs])
    own = forward.name if any(r.wrt for r in results) else ""
    group = forward.name.removesuffix("_forward")
    points = [Point(forward, group, forward.parameters, results, own, _step(forward, functions))]
    if backward is not None:
        gradients = tuple(_gradient(name, forward, shapes) for name in backward.returns)
        step = _step(backward, functions)
        points.append(Point(backward, group, backward.parameters, gradients, forward.name, step))
    return Family(group, dims, tuple(inputs), upstream, tuple(points), values[0].name if own and values else "")


def _guessed(name: str, shapes: dict[str, tuple[str, ...]]) -> Guessed:
    role = next((role for pattern, role in ROLES if re.fullmatch(pattern, name)), None)
    return Guessed(name, shapes.get(name, UNKNOWN), role or "data", role is None or name not in shapes)


def _result(name: str, shapes: dict[str, tuple[str, ...]], given: set[str]) -> Result:
    wrt = name[1:] if name.startswith("d") and name[1:] in given else ""
    return Result(name, shapes.get(name, shapes.get(wrt, UNKNOWN)), wrt)


def _gradient(name: str, forward: Function, shapes: dict[str, tuple[str, ...]]) -> Result:
    wrt = name[1:] if name.startswith("d") and name[1:] in forward.parameters else ""
    return Result(name, shapes.get(wrt, UNKNOWN), wrt)


def _dimensions(shapes: list[tuple[str, ...]]) -> dict[str, tuple[int, int]]:
    """The plain dimensions of shapes such as (N, 3H), each from 1 on."""
    names = (re.sub(r"^\d+|\+1$", "", dim) for shape in shapes if shape != UNKNOWN for dim in shape)
    return {name: RANGES.get(name, (1, LARGEST)) for name in dict.fromkeys(names) if name}


def _step(function: Function, functions: dict[str, Function]) -> str:
    """`gru_step_forward` for `gru_forward`, where there is one."""
    stem, _, kind = function.name.rpartition("_")
    step = f"{stem}_step_{kind}"
    return step if step in functions and not stem.endswith("_step") else ""


def _with_shape(name: str, shapes: dict[str, tuple[str, ...]]) -> str:
    dims = shapes.get(name)
    return name if not dims or dims == UNKNOWN else f"{name} ({','.join(dims)}{',' * (len(dims) == 1)})"
