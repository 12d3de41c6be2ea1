"""In a student's kit, what a mistake is: another convention, or one of those whose fingerprints came with the kit."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from harness.assignments.contract import Assignment, Tensor
from harness.diagnosis import conventions
from harness.evidence import Evidence
from harness.kits.inside.prints import fingerprint, near
from harness.oracles.truth import Truth
from harness.report import Diagnosis
from harness.worker.session import Result

MISTAKES = Path(__file__).resolve().parents[3] / "mistakes.json"
"""Beside the house that this module stands in, in a kit."""
Pairs = Sequence[tuple[Truth, Result]]
Row = Mapping[str, Any]


def name(assignment: Assignment, evidence: Evidence, excused: Set[str], right: Set[str]) -> list[Diagnosis]:
    """What explains the failed tensors, as far as a kit can tell; `right` are entry points that are right."""
    pairs = [(t, o) for t, o in zip(evidence.truths, evidence.outcomes, strict=False) if isinstance(o, Result)]
    wrong = [t for t in evidence.entry.tensors if evidence.tensor_status(t.name) in ("fail", "error")]
    failed = [t for t in wrong if t.name not in excused]
    if not failed or not pairs or len(pairs) < sum(o is not None for o in evidence.outcomes):
        return []
    judged = [t for t in evidence.entry.tensors if t.name not in excused]
    for row in _mistakes():
        if row["entry"] == evidence.entry.name and not right & set(row["touches"]) and _made(row, judged, pairs):
            explained = [t.name for t in failed]
            text, agrees = (row["title"], row["explanation"]), f"{len(row['cases'])} cases"
            kind = row["convention"] or None
            return [Diagnosis("mistake", *text, explained, agrees, row["question"], convention=kind)]
    return conventions.diagnoses(conventions.conventions(assignment, evidence.entry, failed, pairs), len(pairs))


def unnamed(assignment: Assignment, evidence: Evidence, explained: Set[str], right: Set[str]) -> str:
    """Nothing: how far a kit looked says little."""
    return ""


@functools.cache
def _mistakes() -> list[Row]:
    """Those that the kit knows; none where it gives no hints."""
    try:
        return list(json.loads(MISTAKES.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []


def _made(row: Row, judged: Sequence[Tensor], pairs: Pairs) -> bool:
    """Whether every tensor has the mistake's fingerprint on every case that it was taken on."""
    by_case = {repr(truth.case): (truth, outcome) for truth, outcome in pairs}
    seen = [by_case.get(case) for case in row["cases"]]
    if not all(seen) or not {t.name for t in judged} <= row["prints"].keys():
        return False
    return all(
        (found := fingerprint(tensor, *(pair[0], pair[1].arrays))) is not None
        and near(found, taken, pair[0].case.dtype)
        for tensor in judged
        for pair, taken in zip((p for p in seen if p), row["prints"][tensor.name], strict=True)
    )
