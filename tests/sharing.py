"""Which of many test rows run on every change: a fixed share of them, the same everywhere; all of them nightly."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from grading import DEEP

Item = TypeVar("Item")


def share(
    items: Sequence[Item], name: Callable[[Item], str], groups: Callable[[Item], Iterable[str]], one_in: int
) -> list[Item]:
    """One in `one_in` items, chosen by their names, and of every group they belong to at least one."""
    return list(items) if DEEP else least_share(items, name, groups, one_in)


def least_share(
    items: Sequence[Item], name: Callable[[Item], str], groups: Callable[[Item], Iterable[str]], one_in: int
) -> list[Item]:
    """The share that runs on every change. What is added later leaves the choice among the others almost as it is."""
    ordered = sorted(items, key=lambda item: (_number(name(item)), name(item)))
    chosen, held = set[str](), set[str]()
    for item in ordered:
        mine = set(groups(item))
        if _number(name(item)) % one_in == 0 or mine - held:
            chosen.add(name(item))
            held |= mine
    return [item for item in items if name(item) in chosen]


def _number(text: str) -> int:
    return zlib.crc32(text.encode())
