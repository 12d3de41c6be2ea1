"""Do right programs ever fail? Grades the right formulations of every assignment on ordinary and on wild cases.

Run as `python benchmarks/false_failures.py [CASES [ASSIGNMENT ...]]`: CASES of each range a group of entry points, 400
unless given. Prints a table as in `docs/audit.md`; exit code 1 when a right program fails.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from tabulate import tabulate

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from harness.assignments import registry
from harness.assignments.contract import Assignment, Group
from harness.audit import rounding, wild
from harness.audit.rounding import PRECISIONS, Seen
from harness.cases import drawing
from harness.cases.case import Case

SEED = "false failures"
CHUNK = 400
"""Cases whose answers are in memory at once."""
HEAD = ("assignment", "cases", "precision", "runs", "false failures", "worst ratio to the bound", "not judged")


def ordinary(assignment: Assignment, group: Group, seed: str, count: int) -> list[Case]:
    """What everybody is graded on, without the cases whose numbers are tiny, saturate, or lie on a kink on purpose."""
    return [c for c in drawing.cases(assignment, group, seed, count) if c.ordinary]


RANGES = {"ordinary": ordinary, "wild": wild.cases}


def seen(assignment: Assignment, drawn: str, precision: str, count: int) -> Seen:
    """All groups and formulations of an assignment in one range and precision."""
    programs = sorted((ROOT / "tests" / "formulations" / assignment.id).glob("*.py"))
    programs.append(ROOT / "reference_impls" / assignment.id / "model.py")
    total = Seen()
    for group in assignment.groups:
        cases = [c for c in RANGES[drawn](assignment, group, SEED, count) if c.dtype == precision]
        for start in range(0, len(cases), CHUNK):
            total += rounding.seen(assignment, group.name, cases[start : start + CHUNK], programs)
            print(f"{assignment.id} {group.name} {drawn} {precision}: {total.runs} runs", file=sys.stderr)
    return total


def rows(asked: list[str], count: int) -> Iterator[tuple[tuple[object, ...], Seen]]:
    """Lines of the table, and what they are made of."""
    for name in asked:
        assignment = msgspec.structs.replace(registry.get(name), dtypes=PRECISIONS)
        for drawn in RANGES:
            for precision in PRECISIONS:
                s = seen(assignment, drawn, precision, count)
                unjudged = f"{100 * s.not_judged / max(1, s.judgements):.2f}%"
                yield (name, drawn, precision, s.runs, len(s.failures), f"{s.worst:.2f}", unjudged), s


def main(arguments: list[str]) -> int:
    """Prints the table and every false failure."""
    count = int(arguments[0]) if arguments else 400
    found = list(rows(arguments[1:] or list(registry.folders()), count))
    total = sum((s for _, s in found), Seen())
    last = ("all", "", "", total.runs, len(total.failures), f"{total.worst:.2f}", "")
    print(tabulate([*(line for line, _ in found), last], headers=HEAD, tablefmt="github", disable_numparse=True))
    for failure in total.failures:
        print(f"FALSE FAILURE {failure}")
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
