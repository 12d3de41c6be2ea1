"""Makes records of what was decoded, if every part of it is of the declared type."""

import types
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin

from .structs import Struct, types_of


class DecodeError(Exception):
    """Bytes that are no message."""


class ValidationError(DecodeError):
    """A message of another form than the declared one."""


def convert(value: Any, kind: Any) -> Any:
    """`value`, made of plain lists, dicts and scalars, as a `kind`. Raises `ValidationError`."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return _one_of(value, inner)
    if origin is Literal:
        return _demanded(value, any(value is each or (type(value) is str and value == each) for each in inner), kind)
    if origin in (tuple, list):
        return _sequence(value, origin, inner)
    if origin is dict:
        return _mapping(value, inner)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _record(value, kind)
    if kind is float and type(value) is int:
        return float(value)
    return _demanded(value, type(value) is kind or (kind is type(None) and value is None), kind)


def _demanded(value: Any, fits: bool, kind: Any) -> Any:
    if not fits:
        raise ValidationError(f"expected {getattr(kind, '__name__', kind)}, got {type(value).__name__}")
    return value


def _one_of(value: Any, kinds: tuple[Any, ...]) -> Any:
    """A tagged record by its tag, anything else by the first type that fits."""
    if isinstance(value, Mapping) and "type" in value:
        tagged = [k for k in kinds if getattr(k, "__tag__", "") == value["type"]]
        if not tagged:
            raise ValidationError("a message of an unknown type")
        return convert(value, tagged[0])
    for kind in kinds:
        if not getattr(kind, "__tag__", ""):
            try:
                return convert(value, kind)
            except ValidationError:
                continue
    raise ValidationError(f"{type(value).__name__} is none of the types expected")


def _sequence(value: Any, origin: Any, inner: tuple[Any, ...]) -> Any:
    _demanded(value, type(value) is list, origin)
    if origin is list or (len(inner) == 2 and inner[1] is Ellipsis):
        return origin(convert(each, inner[0]) for each in value)
    _demanded(value, len(value) == len(inner), origin)
    return tuple(convert(each, kind) for each, kind in zip(value, inner, strict=True))


def _mapping(value: Any, inner: tuple[Any, ...]) -> dict[Any, Any]:
    _demanded(value, type(value) is dict, dict)
    return {convert(key, inner[0]): convert(each, inner[1]) for key, each in value.items()}


def _record(value: Any, kind: Any) -> Any:
    if kind.__array_like__ and type(value) is list:
        value = dict(zip(kind.__fields__, value, strict=False))
    _demanded(value, type(value) is dict, kind)
    if kind.__tag__ and value.get("type") != kind.__tag__:
        raise ValidationError(f"expected a {kind.__tag__}")
    declared = types_of(kind)
    fields = {name: convert(value[name], hint) for name, hint in declared.items() if name in value}
    try:
        return kind(**fields)
    except TypeError as error:
        raise ValidationError(str(error)) from error
