"""The kill matrix as plain data: which program is caught by which property, and the rates that follow."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from harness.audit.programs import Program
from harness.report import PASSING, Check, EntryPointReport, Report

Z = 1.959964
"""Two-sided 95% quantile of the normal distribution."""
MAIN = "matches_autograd"


class Row(msgspec.Struct, frozen=True):
    """One program: whether it passed, and by which properties it was caught, with the smallest shape that shows it."""

    id: str
    kind: str
    title: str
    status: str
    caught_by: tuple[str, ...] = ()
    entry_points: tuple[str, ...] = ()
    first_case: int | None = None
    """How many cases are needed to see it, the simplest first."""
    smallest: str = ""
    named: tuple[str, ...] = ()
    equivalent: bool = False
    """Whether no difference from the model solution was found on many more cases."""
    argument: str = ""
    """Why there can be none, where somebody has shown it."""

    @property
    def caught(self) -> bool:
        """Whether anything but a pass came of it."""
        return self.status != "pass"

    @property
    def shown_equivalent(self) -> bool:
        """Whether nothing is wrong with it: no difference was found, and there is an argument why."""
        return self.equivalent and bool(self.argument)


class Rate(msgspec.Struct, frozen=True):
    """`hits` of `total`, with a 95% confidence interval (Wilson, JASA 22, 1927)."""

    hits: int
    total: int
    low: float
    high: float


class Audit(msgspec.Struct, frozen=True):
    """What an audit of one assignment found."""

    assignment: str
    rows: tuple[Row, ...]
    properties: tuple[str, ...]
    rates: dict[str, Rate]
    """By kind of program: how many are caught; for `right`, how many pass."""
    only_by: dict[str, tuple[str, ...]]
    """For each property, the programs nothing else catches."""
    idle: tuple[str, ...]
    """Properties that catch nothing."""
    how: str = ""
    """The seed, the number of cases and the versions it was made with."""

    @property
    def named(self) -> list[Row]:
        """Misconceptions that reports call by some name."""
        return [r for r in self.rows if r.kind == "misconception" and r.named]

    @property
    def missed(self) -> list[Row]:
        """Wrong programs that pass, those aside that are shown to be right after all."""
        return [r for r in self.rows if r.kind != "right" and not r.caught and not r.shown_equivalent]

    @property
    def harmless(self) -> list[Row]:
        """Programs that were changed and are right still."""
        return [r for r in self.rows if r.shown_equivalent]

    @property
    def false_failures(self) -> list[Row]:
        """Right programs that do not pass."""
        return [r for r in self.rows if r.kind == "right" and r.caught]


def row(program: Program, report: Report) -> Row:
    """What came of one program."""
    # A right program may hold a part of the assignment: what is missing in it is no failure.
    held = [e for e in report.entry_points if program.kind != "right" or e.status != "missing"]
    checks = [(e, c) for e in held for c in e.checks if _caught(c)]
    unrun = {e.status for e in held if not e.checks} - PASSING - {"not_judged"}
    passed = bool(held) and all(e.status in PASSING for e in held) and report.status == "graded"
    caught_by = dict.fromkeys([*(c.property for _, c in checks), *unrun])
    firsts = [c.first_failed for _, c in checks if c.first_failed is not None]
    return Row(
        id=program.id,
        kind=program.kind,
        title=program.title,
        status="pass" if passed and not caught_by else _status(report),
        caught_by=tuple(caught_by),
        entry_points=tuple(dict.fromkeys(e.name for e, _ in checks)),
        first_case=min(firsts, default=None),
        smallest=_smallest(checks),
        named=tuple(dict.fromkeys(d.id for e in report.entry_points for d in e.diagnoses)),
        argument=program.harmless,
    )


def _caught(check: Check) -> bool:
    """Whether a check tells the program from a right one; slopes only tell whose mistake it is."""
    bad = check.status in ("fail", "error", "precision", "nondeterministic", "timeout")
    return bad or (check.relation and check.failed > 0)


def _status(report: Report) -> str:
    statuses = [e.status for e in report.entry_points if e.status != "pass"]
    return report.status if report.status != "graded" else next(iter(statuses), "pass")


def _smallest(checks: Sequence[tuple[EntryPointReport, Check]]) -> str:
    examples = [c.counterexample.dims for _, c in checks if c.counterexample]
    least = min(examples, key=lambda dims: (math.prod(dims.values()), sum(dims.values())), default={})
    return ", ".join(f"{name}={size}" for name, size in least.items())


def audit(assignment: str, rows: Sequence[Row], tried: Sequence[str], how: str = "") -> Audit:
    """Everything that follows from the rows; `tried` are the properties that were looked at."""
    wrong = [r for r in rows if r.kind != "right"]
    properties = tuple(dict.fromkeys([MAIN, *tried, *(p for r in wrong for p in r.caught_by)]))
    only = {p: tuple(r.id for r in wrong if r.caught_by == (p,)) for p in properties}
    kinds = dict.fromkeys(r.kind for r in rows)
    return Audit(
        assignment,
        tuple(rows),
        properties,
        {kind: _rate([r for r in rows if r.kind == kind and not r.shown_equivalent]) for kind in kinds},
        only,
        tuple(p for p in properties if not any(p in r.caught_by for r in wrong)),
        how,
    )


def _rate(rows: Sequence[Row]) -> Rate:
    hits = sum(r.caught != (r.kind == "right") for r in rows)
    return rate(hits, len(rows))


def rate(hits: int, total: int) -> Rate:
    """A rate with its interval; of nothing at all, anything may be."""
    if total == 0:
        return Rate(0, 0, 0.0, 1.0)
    share, spread = hits / total, Z * Z / total
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return Rate(hits, total, max(0.0, middle - half), min(1.0, middle + half))
