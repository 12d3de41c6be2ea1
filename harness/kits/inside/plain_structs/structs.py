"""`Struct`: frozen records with defaults, told apart by a tag where a message may be one of several."""

import copy
import functools
import sys
from typing import Any, dataclass_transform, get_type_hints

MISSING: Any = object()


@dataclass_transform(frozen_default=True)
class Made(type):
    """Collects the annotated fields of a class and their defaults."""

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        space: "dict[str, Any]",
        frozen: bool = True,
        tag: bool | str = False,
        array_like: bool = False,
        dict: bool = False,
    ) -> "Made":
        """`array_like`: written as the list of its values, without names. `dict`: it may hold more; any may."""
        own = tuple(space.get("__annotations__", {}))
        defaults = {field: space.pop(field) for field in own if field in space}
        made: Any = super().__new__(cls, name, bases, space)
        base = bases[0] if bases else None
        made.__fields__ = (*getattr(base, "__fields__", ()), *own)
        type.__setattr__(made, "__match_args__", made.__fields__)
        made.__defaults__ = {**getattr(base, "__defaults__", {}), **defaults}
        made.__tag__ = name if tag is True else tag or ""
        made.__array_like__ = array_like
        return made  # type: ignore[no-any-return]

    def __init__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any], **_: Any) -> None:
        """What the keywords of a class say has been noted already."""
        super().__init__(name, bases, space)


class Struct(metaclass=Made):
    """A record; two with equal fields are equal."""

    def __init__(self, *values: Any, **named: Any) -> None:
        """Fields by place or by name; `TypeError` for one too many, or one that is not there."""
        cls: Any = type(self)
        if len(values) > len(cls.__fields__):
            raise TypeError(f"{cls.__name__} takes {len(cls.__fields__)} fields, {len(values)} came")
        for field, value in zip(cls.__fields__, values, strict=False):
            object.__setattr__(self, field, value)
        for field in cls.__fields__[len(values) :]:
            value = named.pop(field, MISSING)
            if value is MISSING:
                value = cls.__defaults__.get(field, MISSING)
                value = copy.copy(value) if isinstance(value, (dict, list, set)) else value
            if value is MISSING:
                raise TypeError(f"{cls.__name__} needs its field {field!r}")
            object.__setattr__(self, field, value)
        if named:
            raise TypeError(f"{cls.__name__} has no field {', '.join(named)}, or got it twice")

    def __setattr__(self, name: str, value: Any) -> None:
        """Records do not change."""
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash((type(self), *_values(self)))

    def __repr__(self) -> str:
        fields: tuple[str, ...] = type(self).__fields__  # type: ignore[attr-defined]
        return f"{type(self).__name__}({', '.join(f'{f}={getattr(self, f)!r}' for f in fields)})"


def _values(record: Any) -> tuple[Any, ...]:
    return tuple(getattr(record, field) for field in type(record).__fields__)


def replace(record: Any, /, **changes: Any) -> Any:
    """A record like this one, with some fields otherwise."""
    return type(record)(**{**asdict(record), **changes})


def asdict(record: Any) -> dict[str, Any]:
    """The fields by name."""
    return {field: getattr(record, field) for field in type(record).__fields__}


@functools.cache
def types_of(cls: type) -> dict[str, Any]:
    """The declared type of every field, evaluated where the class was written."""
    hints = get_type_hints(cls, vars(sys.modules[cls.__module__]))
    return {field: hints[field] for field in cls.__fields__}  # type: ignore[attr-defined]
