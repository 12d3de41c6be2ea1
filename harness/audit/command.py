"""What `harness audit` does for one assignment: choose the programs, show progress, run."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from harness.audit import programs
from harness.audit.matrix import Audit
from harness.audit.running import run
from harness.batch.progress import shown
from harness.options import Options


def audited(
    assignment_id: str, right: Path | None, mutants: int | None, pairs: int, options: Options, jobs: int
) -> Audit:
    """The audit of one assignment, with progress on the error stream."""
    chosen = [
        *programs.right(assignment_id, right),
        *programs.misconceptions(assignment_id),
        *programs.pairs(assignment_id, pairs),
        *programs.mutated(assignment_id, mutants),
    ]
    with shown(Console(stderr=True), len(chosen), verbose=False, quiet=False) as progress:
        return run(assignment_id, chosen, options, jobs, progress.done)
