"""In a student's kit, the pictures: none, for they are drawn with answers beyond those of the bank."""

from __future__ import annotations

from harness.evidence import Evidence
from harness.report import Pictures
from harness.worker.workbench import Workbench


def pictures(bench: Workbench, evidence: Evidence, seed_text: str) -> Pictures | None:
    """Nothing."""
    return None
