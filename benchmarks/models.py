"""Shared by the benchmarks: right submissions to measure with."""

from __future__ import annotations

from pathlib import Path

REFERENCE = Path(__file__).resolve().parent.parent / "reference_impls"
ASSIGNMENTS = ("cs231n", "mytorch", "quiz10")


def model(assignment: str) -> Path:
    """The file of an assignment's model solution."""
    return REFERENCE / assignment / "model.py"
