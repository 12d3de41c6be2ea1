"""The arrays of an answer, as they came: each is made when it is asked for, and mostly none is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from harness import wire


class Received(Mapping[str, "np.ndarray[Any, Any]"]):
    """Read-only arrays by name, of bytes whose number was found to be that of `specs`."""

    __slots__ = ("_made", "payload", "specs")

    def __init__(self, specs: Sequence[wire.ArraySpec], payload: bytes) -> None:
        self.specs, self.payload = specs, payload
        self._made: dict[str, np.ndarray[Any, Any]] | None = None

    def _all(self) -> dict[str, np.ndarray[Any, Any]]:
        if self._made is None:
            self._made, _ = wire.views(self.specs, self.payload)
        return self._made

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        return self._all()[name]

    def __contains__(self, name: object) -> bool:
        return any(spec.name == name for spec in self.specs if not spec.instead)

    def __iter__(self) -> Iterator[str]:
        return (spec.name for spec in self.specs if not spec.instead)

    def __len__(self) -> int:
        return sum(1 for _ in self)
