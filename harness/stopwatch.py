"""Where the time goes: a stopwatch that always runs, and counts for one phase at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

REST = "judging"
"""What is done outside every named phase."""

_spent: dict[str, float] = {}
_phases: list[str] = [REST]
_since = time.perf_counter()


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Count for `name`, and not for what is around it, until this is left. Serves as a decorator too."""
    _count()
    _phases.append(name)
    try:
        yield
    finally:
        _count()
        _phases.pop()


def start() -> None:
    """Forget what was counted."""
    _count()
    _spent.clear()


def spent() -> dict[str, float]:
    """Seconds of wall time since the start, by phase."""
    _count()
    return dict(_spent)


def _count() -> None:
    """Give the time since the last look to the phase it was spent in."""
    global _since
    now = time.perf_counter()
    _spent[_phases[-1]] = _spent.get(_phases[-1], 0.0) + now - _since
    _since = now
