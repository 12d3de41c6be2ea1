"""What the smallest failing case says by itself: which sizes it takes, which do not matter, and where that points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.assignments.contract import Group
from harness.cases.case import Case
from harness.evidence import Evidence

BAD = frozenset({"fail", "error"})
POINTS: dict[tuple[str, int], str] = {
    ("N", 2): "With one sample it is right: look at how samples are put together, by a sum or an average",
    ("T", 2): "With one step it is right: look at what passes from one step to another, and at what adds up over steps",
    ("T", 3): "With two steps it is right: look at what has to go back further than that",
    ("H", 2): "With one hidden unit it is right: look at what mixes units, a product with a matrix or its transpose",
    ("D", 2): "With one feature it is right: look at what mixes features, a product with a matrix or its transpose",
    ("L", 2): "With one layer it is right: look at what passes from one layer to the next",
    ("L", 3): "With two layers it is right: look at what reaches the layers in the middle",
    ("V", 2): "With one word in the vocabulary it is right: look at what tells words apart",
    ("O", 2): "With one output it is right: look at what mixes outputs, a product with a matrix or its transpose",
    ("M", 2): "With one output it is right: look at what mixes outputs, a product with a matrix or its transpose",
}
"""What a size is evidence of, when nothing smaller fails."""


def reading(group: Group, evidence: Evidence, tensor: str, smallest: Case) -> list[str]:
    """Sentences about a failing tensor that hold on every case; none where its smallest case cannot be trusted."""
    seen = [(v.truth.case.dims, v.status in BAD) for v in evidence.verdicts.get(tensor, ()) if v.status != "not_judged"]
    least = {name: low for name, (low, _) in group.dims.items()}
    taken = {n: size for n, size in smallest.dims.items() if size > least[n] and _needed(seen, n, size)}
    if smallest.features or any(size > least[n] and n not in taken for n, size in smallest.dims.items()):
        return []
    others = [n for n in smallest.dims if n not in taken]
    enough = "can be 1" if all(smallest.dims[n] == 1 for n in others) else "can be as small as they get"
    said = [_sizes(seen, taken, others, enough)]
    return [*said, *(f"{POINTS[n, size]}." for n, size in taken.items() if (n, size) in POINTS)]


Seen = Sequence[tuple[Mapping[str, int], bool]]


def _needed(seen: Seen, name: str, size: int) -> bool:
    """Whether smaller ones were tried, and every one of them was right."""
    smaller = [failed for dims, failed in seen if dims[name] < size]
    return bool(smaller) and not any(smaller)


def _sizes(seen: Seen, taken: Mapping[str, int], others: Sequence[str], enough: str) -> str:
    """Which sizes show it. Whatever is large enough does, or only can: that depends on the numbers too."""
    large = [failed for dims, failed in seen if all(dims[n] >= size for n, size in taken.items())]
    if not taken:
        return "Any size shows it." if all(large) else "It takes no particular size."
    sizes = _listed([f"{n} ≥ {size}" for n, size in taken.items()])
    if not others:
        return f"Any {sizes} shows it." if all(large) else f"It takes {sizes}."
    if all(large):
        return f"Any {sizes} shows it; {_listed(others)} {'do' if len(others) > 1 else 'does'} not matter."
    return f"It takes {sizes}; {_listed(others)} {enough}."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
