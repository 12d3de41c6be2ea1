"""The question that leads to a named mistake and, where somebody asked for it, its fix."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from harness.report import Diagnosis
from reference_impls import catalogue


def with_questions(assignment_id: str, diagnoses: Sequence[Diagnosis], reveal: bool) -> list[Diagnosis]:
    """The diagnoses, those of the catalogue with its question, and with its fix where `reveal` says so."""
    rows = {m.id: m for m in catalogue.misconceptions(assignment_id)}
    return [
        replace(d, question=rows[d.id].question, fix=rows[d.id].fix if reveal else "") if d.id in rows else d
        for d in diagnoses
    ]
