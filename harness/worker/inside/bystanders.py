"""What stands in for a library that graded functions never need: swallows calls, says so when its value is needed."""

from __future__ import annotations

import builtins
from types import FunctionType
from typing import Any

LONGEST_NAME = 80


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
        return Absorbing(f"{self.__dict__['_name']}.{name}")

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
        return (object,)

    def __instancecheck__(self, instance: Any) -> bool:
        """Nothing is an instance of what is not there."""
        return False

    def __or__(self, other: Any) -> Absorbing:
        """Part of a type in an annotation."""
        return self

    __ror__ = __or__
    __hash__ = object.__hash__

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
    __eq__ = __ne__ = _needed


def _never(*args: Any, **kwargs: Any) -> bool:
    return False


def _items(mapping: Any) -> Any:
    return iter(mapping.items())


def python_2(name: str, otherwise: Any) -> Any:
    """What a compatibility library has under `name`: the word of today's Python for it, or the stand-in."""
    words = {"xrange": range, "unicode": str, "basestring": str, "long": int, "iteritems": _items}
    return words.get(name) or getattr(builtins, name, None) or getattr(otherwise, name)
