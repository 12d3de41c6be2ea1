"""What `harness audit` does for one assignment: choose the programs, show progress, run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from harness.audit import programs
from harness.audit.matrix import Audit
from harness.audit.programs import Program
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
    console = Console(stderr=True)
    console.print(f"{assignment_id}: {_counted(chosen)}; all but the right ones should not pass")
    with shown(console, len(chosen), verbose=False, quiet=False) as progress:
        return run(assignment_id, chosen, options, jobs, progress.done)


def _counted(chosen: Sequence[Program]) -> str:
    """How many programs of each kind there are."""
    words = {"right": "right", "misconception": "misconceptions", "pair": "pairs of them", "mutant": "mutants"}
    return ", ".join(f"{words[kind]}: {count}" for kind, count in Counter(p.kind for p in chosen).items())
