"""In a student's kit, the questions: they come with the mistakes that a kit knows, as far as its hints go."""

from __future__ import annotations

from collections.abc import Sequence

from harness.report import Diagnosis


def with_questions(assignment_id: str, diagnoses: Sequence[Diagnosis], reveal: bool) -> list[Diagnosis]:
    """The diagnoses as they are; no kit holds a fix."""
    return list(diagnoses)
