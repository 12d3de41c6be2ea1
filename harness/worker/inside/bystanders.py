"""What stands in for a library that graded functions never need: swallows calls, says so when its value is needed."""

from __future__ import annotations

import builtins
from types import FunctionType
from typing import Any

LONGEST_NAME = 80
COMPATIBILITY = frozenset({"past", "future", "six"})
"""Bystanders that hold the words of Python 2."""
STEPS = frozenset({"trange", "prange"})
"""What progress bars and compilers call their `range`."""


class StandInUsed(Exception):
    """The value of something was needed that is only a stand-in here."""


class Absorbing:
    """Swallows every use of a bystander; cannot become a number, a truth value or an array."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name[:LONGEST_NAME]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "is_available":  # a device that a worker does not have
            return _never
        if name in STEPS:
            return _steps
        return _word(name, self.__dict__["_name"]) or Absorbing(f"{self.__dict__['_name']}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Settings are swallowed."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A progress bar around an iterable is that iterable, a decorated function is that function."""
        if args and hasattr(args[0], "__iter__") and self.__dict__["_name"].startswith("tqdm"):
            return args[0]
        decorated = len(args) == 1 and not kwargs and isinstance(args[0], FunctionType | type)
        return args[0] if decorated else self

    def __getitem__(self, key: Any) -> Absorbing:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        """Settings are swallowed."""

    def __enter__(self) -> Absorbing:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing to leave."""

    def __iter__(self) -> Any:
        return iter((self, self))

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        """A class built on it is built on its other bases alone."""
        return ()

    def __instancecheck__(self, instance: Any) -> bool:
        """Nothing is an instance of what is not there."""
        return False

    def __or__(self, other: Any) -> Absorbing:
        """Part of a type in an annotation."""
        return self

    __ror__ = __or__

    def __hash__(self) -> int:
        return id(self)

    def _needed(self, *args: Any, **kwargs: Any) -> Any:
        name = self.__dict__["_name"]
        raise StandInUsed(
            f"the value of {name} is used here, but {name.partition('.')[0]} is not there when this is graded:"
            " only a stand-in for it, so that the file can be imported"
        )

    __bool__ = __int__ = __float__ = __complex__ = __index__ = __len__ = __array__ = __round__ = _needed
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _needed
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _needed
    __neg__ = __pos__ = __abs__ = __invert__ = __and__ = __rand__ = __lt__ = __le__ = __gt__ = __ge__ = _needed

    def __eq__(self, other: object) -> bool:
        """Equal to itself alone, as a type is; whether it equals a number, nobody can say."""
        if isinstance(other, int | float | complex) or hasattr(type(other), "__array__"):
            self._needed()
        return self is other


def name_of(value: Any) -> str:
    """What a stand-in stands for; empty for anything else."""
    return str(value.__dict__["_name"]) if type(value) is Absorbing else ""


def _never(*args: Any, **kwargs: Any) -> bool:
    return False


def _steps(*bounds: int, **options: Any) -> range:
    return range(*bounds)


def _items(mapping: Any) -> Any:
    return iter(mapping.items())


_PYTHON_2 = {"xrange": range, "unicode": str, "basestring": str, "long": int, "iteritems": _items}


def _word(name: str, module: str) -> Any:
    """What a compatibility library has under `name`: the word of today's Python for it; None of any other module."""
    if module.partition(".")[0] not in COMPATIBILITY:
        return None
    return _PYTHON_2.get(name) or getattr(builtins, name, None)
