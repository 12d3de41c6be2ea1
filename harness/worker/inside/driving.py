"""What a driver builds on: the student's code by name, and results taken apart with a clear sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

Inputs = Mapping[str, Any]
Outputs = dict[str, Any]
Operation = Callable[["Code", Inputs], Outputs]


class Code(Protocol):
    """The entry points a submission defines, as attributes; a notebook's variables where it calls a check."""

    def snapshot(self, check: str) -> dict[str, Any]: ...

    def __getattr__(self, name: str) -> Any: ...


class WrongResult(Exception):
    """An entry point returned something that cannot be taken apart as the handout says."""


def take(result: Any, function: str, *names: str) -> tuple[Any, ...]:
    """The values of `result`, one for each of `names`. Raises `WrongResult` when it is not that many values."""
    expected = f"expected {len(names)} values: {', '.join(names)}"
    if not isinstance(result, (tuple, list)):
        raise WrongResult(f"{function} returned {_kind(result)}; {expected}")
    if len(result) != len(names):
        raise WrongResult(f"{function} returned {len(result)} values; {expected}")
    return tuple(result)


def take_dict(result: Any, function: str, names: Sequence[str], further: Sequence[str] = ()) -> Outputs:
    """The values of a dict under `names`, and under those of `further` that are there. Raises `WrongResult`."""
    expected = f"expected a dict with the keys {', '.join(names)}"
    if isinstance(result, (tuple, list)):
        raise WrongResult(f"{function} returned {len(result)} values without names; {expected}")
    if not isinstance(result, dict):
        raise WrongResult(f"{function} returned {_kind(result)}; {expected}")
    missing = [name for name in names if name not in result]
    if missing:
        there = ", ".join(map(str, result)) or "nothing"
        raise WrongResult(f"{function} returned a dict without {', '.join(missing)} (it has {there}); {expected}")
    return {name: result[name] for name in (*names, *further) if name in result}


def of_caches(
    name: str, forward: Callable[[Code, Inputs], Any], backward: Callable[[Code, Inputs, Any], Outputs]
) -> dict[str, Operation]:
    """Variants of a backward function that use what forward leaves behind (a cache, an object) in other ways.

    Two of them need a second case, whose inputs are called `other/…`, and so are its results.
    """

    def forward_between(code: Code, given: Inputs) -> Outputs:
        mine, other = _two(given)
        cache = forward(code, mine)
        forward(code, other)
        return backward(code, mine, cache)

    def caches_interleaved(code: Code, given: Inputs) -> Outputs:
        mine, other = _two(given)
        one, two = forward(code, mine), forward(code, other)
        first = {key: _copied(value) for key, value in backward(code, mine, one).items()}
        return {**first, **{OTHER + key: value for key, value in backward(code, other, two).items()}}

    def cache_again(code: Code, given: Inputs) -> Outputs:
        cache = forward(code, given)
        backward(code, {name: _copied(value) for name, value in given.items()}, cache)
        return backward(code, given, cache)

    variants = (forward_between, caches_interleaved, cache_again)
    return {f"{name}/{variant.__name__}": variant for variant in variants}


OTHER = "other/"


def _two(given: Inputs) -> tuple[Inputs, Inputs]:
    other = {name.removeprefix(OTHER): value for name, value in given.items() if name.startswith(OTHER)}
    return {name: value for name, value in given.items() if not name.startswith(OTHER)}, other


def _copied(value: Any) -> Any:
    """A copy, which a second call cannot change any more."""
    for name in ("clone", "copy"):
        if hasattr(value, name):
            return getattr(value, name)()
    return value


def _kind(value: Any) -> str:
    return "None (is the return statement missing?)" if value is None else f"one {type(value).__name__}"
