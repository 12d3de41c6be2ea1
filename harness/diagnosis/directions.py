"""A mistake whose size everybody chooses differently: an epsilon, a weight decay, a clip. The size is fitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec.structs import replace

from harness.assignments.contract import Assignment, EntryPoint, Tensor, part_names
from harness.diagnosis.reproducing import Pairs, made, whole
from harness.worker.session import Result
from reference_impls import catalogue
from reference_impls.catalogue import Misconception

USUAL = ("0.1", "0.25", "0.5", "1", "2", "5", "10", "20", "25", "50", "100", "1000")
"""Sizes that are tried where a result does not grow with the size: limits of a clip."""
LEAST = 1e-12
"""Sizes below are rounding."""


def sized(
    assignment: Assignment,
    entry: EntryPoint,
    candidates: Sequence[Misconception],
    tensors: Sequence[Tensor],
    pairs: Pairs,
) -> Misconception | None:
    """The mistake, of some size, that reproduces all the tensors on every case; its title says the size."""
    for mistake in (m for m in candidates if m.size):
        for size in dict.fromkeys([*_fitted(assignment, entry, mistake, tensors, pairs), *USUAL]):
            resized = catalogue.resized(mistake, size)
            if whole(assignment, entry, (resized,), tensors, pairs):
                return replace(resized, title=f"{mistake.title}: its size is {float(size.strip('()')):.4g}")
    return None


def _fitted(
    assignment: Assignment, entry: EntryPoint, mistake: Misconception, tensors: Sequence[Tensor], pairs: Pairs
) -> Iterator[str]:
    """The size by least squares, on the case where the mistake shows most: as it is, and rounded to two digits."""
    seen, along = 0.0, 0.0
    for truth, outcome in pairs:
        results = made(assignment, entry, (mistake,), truth)
        if isinstance(results, str) or not isinstance(outcome, Result) or truth.case.dtype != "float64":
            continue
        for part in (n for t in tensors for n in part_names(t.name, t.per_layer, truth.case.dims)):
            actual, expected = outcome.arrays.get(part), truth.expected[part]
            if actual is None or actual.shape != expected.shape or actual.dtype.kind == "c":
                continue
            if not np.all(np.isfinite(actual)):
                continue
            off, way = actual.astype(np.float64) - expected, results[part] - expected
            visible = np.abs(way) > truth.allowed[part]
            if np.any(visible) and float(np.sum(way[visible] ** 2)) > seen:
                seen = float(np.sum(way[visible] ** 2))
                along = float(np.sum((off * way)[visible]))
    factor = along / seen if seen else 0.0
    size = factor * float(mistake.size)
    if np.isfinite(size) and abs(size) > LEAST:
        yield from (f"({size:.2g})", f"({size!r})")
