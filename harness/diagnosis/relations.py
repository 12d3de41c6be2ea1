"""Simple relations between a wrong tensor and right ones: another result's place, transposed, a factor."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from harness.assignments.contract import Tensor, part_names
from harness.diagnosis.reproducing import Array, same
from harness.oracles.bank import Truth
from harness.report import Diagnosis
from harness.worker.session import Result

Pairs = Sequence[tuple[Truth, Result]]


SCALES: tuple[tuple[str, str, Callable[[Mapping[str, int]], float]], ...] = (
    ("-1", "its sign is flipped", lambda d: -1.0),
    ("2", "it is twice as large as it should be", lambda d: 2.0),
    ("1/2", "it is half as large as it should be", lambda d: 0.5),
    (
        "1/N",
        "it is divided by the batch size N: averaged where the sum was asked for",
        lambda d: 1 / d.get("N", math.nan),
    ),
    (
        "N",
        "it is N times too large: summed over the batch where the average was asked for",
        lambda d: d.get("N", math.nan),
    ),
    ("1/T", "it is divided by the number of steps T", lambda d: 1 / d.get("T", math.nan)),
    ("T", "it is T times too large", lambda d: d.get("T", math.nan)),
    ("1/(N T)", "it is divided by N times T", lambda d: 1 / (d.get("N", math.nan) * d.get("T", math.nan))),
    ("1/H", "it is divided by the hidden size H", lambda d: 1 / d.get("H", math.nan)),
    ("0", "it is zero", lambda d: 0.0),
)
"""Factors, what each means, and its value on a case."""


def relations(tensor: Tensor, failed: Sequence[Tensor], pairs: Pairs) -> Iterator[Diagnosis]:
    """Relations that hold on every case."""

    def always(candidate: Callable[[Truth, str], Array | None]) -> bool:
        return all(
            n in outcome.arrays
            and (wanted := candidate(truth, n)) is not None
            and same(outcome.arrays[n], wanted, truth, n)
            for truth, outcome in pairs
            for n in part_names(tensor.name, tensor.per_layer, truth.case.dims)
        )

    for other in failed:
        if other.name != tensor.name and not tensor.per_layer and always(lambda t, n, o=other: t.expected.get(o.name)):  # type: ignore[misc]
            yield _relation(tensor, "swapped", f"{tensor.name} is {other.name}", "two results changed places", pairs)
    if len(tensor.dims) == 2 and always(lambda t, n: t.expected[n].T):
        yield _relation(tensor, "transposed", f"{tensor.name} is transposed", "rows and columns changed places", pairs)
    for factor, meaning, value in SCALES:
        if always(lambda t, n, v=value: v(t.case.dims) * t.expected[n]):  # type: ignore[misc]
            yield _relation(tensor, f"scale {factor}", f"{tensor.name}: {meaning}", f"the factor is {factor}", pairs)


def _relation(tensor: Tensor, kind: str, title: str, why: str, pairs: Pairs) -> Diagnosis:
    return Diagnosis(kind, title, why, [tensor.name], f"{len(pairs)} of {len(pairs)} cases")
