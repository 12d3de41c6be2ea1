"""Points: an entry point's, split over its tensors, and a submission's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.report import PASSING, EntryPointReport, Points


def entry_points_earned(worth: float, weights: Mapping[str, float], statuses: Mapping[str, str]) -> Points:
    """Points of one entry point: what its tensors earned, out of those that could be judged.

    `weights` are each tensor's share; `statuses` each tensor's status. A tensor that could not be judged is taken out
    of what was possible; when none could be, `earned` is None.
    """
    total = sum(weights.values()) or 1.0
    share = {name: worth * weight / total for name, weight in weights.items()}
    judged = [name for name in share if statuses.get(name) != "not_judged"]
    if not judged:
        return Points(None, 0.0)
    earned = sum(share[name] for name in judged if statuses.get(name) in PASSING)
    return Points(_round(earned), _round(sum(share[name] for name in judged)))


def total(entries: Sequence[EntryPointReport]) -> Points:
    """A submission's points; entry points that could not be judged are blank and taken out of what was possible."""
    judged = [e.points for e in entries if e.points.earned is not None]
    if not judged:
        return Points(None, 0.0)
    return Points(_round(sum(p.earned or 0.0 for p in judged)), _round(sum(p.possible for p in judged)))


def _round(value: float) -> float:
    return round(value, 6)
