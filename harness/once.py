"""What another convention costs: points of one tensor, once a submission, however many tensors follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from harness.report import Diagnosis, EntryPointReport, Points

Lost = Mapping[str, Mapping[str, float]]
"""By entry point and tensor, the points that its convention alone has taken from it."""
Place = tuple[str, str]
"""An entry point and a tensor."""


def charged(entries: Sequence[EntryPointReport], lost: Lost, cost: float) -> list[EntryPointReport]:
    """The entry points with the points of conventions given back, but for those of one tensor of each convention.

    That is the tensor that lost most, the first one of equals. Of its points the share `cost` stays lost.
    """
    taken = {kind: _dearest(kind, entries, lost) for kind in _kinds(entries)}
    paying = {place for place in taken.values() if place is not None and cost > 0}
    return [_settled(entry, lost.get(entry.name, {}), taken, paying, cost) for entry in entries]


def _kinds(entries: Sequence[EntryPointReport]) -> list[str]:
    return list(dict.fromkeys(d.convention for e in entries for d in e.diagnoses if d.convention))


def _dearest(kind: str, entries: Sequence[EntryPointReport], lost: Lost) -> Place | None:
    """The tensor that the convention is charged to; None where it has cost nothing anyway."""
    found = {
        (e.name, name): lost.get(e.name, {}).get(name, 0.0)
        for e in entries
        for d in e.diagnoses
        if d.convention == kind
        for name in d.explains
    }
    place = max(found, key=found.__getitem__)
    return place if found[place] > 0 else None


def _settled(
    entry: EntryPointReport,
    lost: Mapping[str, float],
    taken: Mapping[str, Place | None],
    paying: set[Place],
    cost: float,
) -> EntryPointReport:
    told = [_told(entry, d, taken[d.convention], cost) if d.convention else d for d in entry.diagnoses]
    following = {name for d in entry.diagnoses if d.convention for name in d.explains}
    back = sum(p * (1 - cost if (entry.name, n) in paying else 1) for n, p in lost.items() if n in following)
    earned = entry.points.earned
    points = entry.points if earned is None else Points(round(earned + back, 6), entry.points.possible)
    return msgspec.structs.replace(entry, points=points, diagnoses=told)


def _told(entry: EntryPointReport, diagnosis: Diagnosis, place: Place | None, cost: float) -> Diagnosis:
    return msgspec.structs.replace(diagnosis, charge=_charge(entry, diagnosis, place, cost))


def _charge(entry: EntryPointReport, diagnosis: Diagnosis, place: Place | None, cost: float) -> str:
    if place is None:
        return "It costs no points here."
    if cost == 0:
        return "By the rubric it costs no points."
    where, tensor = place
    what = "the points" if cost == 1 else f"{cost:.0%} of the points"
    if where != entry.name:
        return f"It costs no points here: it is charged once, to {tensor} of {where}."
    more = " Whatever else follows it keeps its points." if len(diagnosis.explains) > 1 else ""
    return f"It costs {what} of {tensor}, once.{more}"
