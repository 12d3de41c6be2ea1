"""Keeps what Hypothesis draws the same in every process: by itself it also draws constants out of loaded modules.

Those are modules outside of `site-packages` (this project in a work tree, a notebook's, a test's), which differ from
one way to run the grader to another. What it reads of them it keeps in a folder where one is, which others may have
written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis.internal.conjecture import providers

_READ = "_get_local_constants"
"""What Hypothesis reads them with; releases before 6.131 have no such thing."""


@contextmanager
def steady() -> Iterator[None]:
    """While inside, what is drawn depends on the seed and the version of Hypothesis alone."""
    real = getattr(providers, _READ, None)
    if real is None:
        yield
        return
    setattr(providers, _READ, getattr(providers, "Constants"))  # noqa: B009 - an empty set of them; not for others, it says
    providers.CONSTANTS_CACHE.cache.clear()  # it holds constants by what may be drawn
    try:
        yield
    finally:
        setattr(providers, _READ, real)
        providers.CONSTANTS_CACHE.cache.clear()
