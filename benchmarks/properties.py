"""What each property costs, beside agreement alone: the same right submission, worker and cases, in one run.

Run as `python benchmarks/properties.py [ASSIGNMENT ...]`, all of them unless named. Every part is timed in turn, round
after round, and the quickest round counts: whatever else the machine does can only make a part slower. Compare the
ratios, not the milliseconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from tabulate import tabulate

from harness import behaving, demanding, relating, repeating, submission
from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.choosing import entry_files
from harness.collecting import collect
from harness.diagnosis import charging
from harness.evidence import Evidence
from harness.options import DEFAULT_CASES
from harness.oracles import bank
from harness.properties.behaviour import BEHAVIOURS
from harness.properties.metamorphic import METAMORPHIC
from harness.source import parse
from harness.wire import Loaded
from harness.worker.workbench import Workbench
from models import model

ROUNDS = 9
Part = Callable[[], Any]
AGREEMENT, SLOPES = "agreement alone", "matches_finite_differences, where something is wrong"
WHOLE = "together, for a right submission"


class Bench:
    """A right submission, loaded, and the evidence that agreement rests on."""

    def __init__(self, asked: Assignment, bench: Workbench, loaded: Loaded) -> None:
        self.asked, self.bench, self.loaded = asked, bench, loaded
        file = next(iter(bench.entry_files.values()))
        self.sources = {file: parse(bench.files[file])}
        self.known: dict[str, Evidence] = {}
        self.agreement()

    def agreement(self) -> None:
        """Every entry point on every case, judged against the oracle."""
        self.known = {}
        for entry in self.asked.entry_points:
            truths = bank.truths(self.asked.id, entry.group, "0", DEFAULT_CASES)
            self.known[entry.name] = collect(self.bench, entry, truths, self.sources, self.loaded, self.known)

    def each(self, work: Callable[[Evidence], Any]) -> Part:
        """A part that looks at every entry point."""
        return lambda: [work(evidence) for evidence in self.known.values()] and None

    def related(self, *names: str) -> Part:
        """The relations of these names; all of them where none is given."""
        return self.each(lambda e: relating.related(self.bench, e, self.known, names))

    def slopes(self, evidence: Evidence) -> None:
        """Slopes of the submission's own forward function."""
        if evidence.entry.forward in self.known:
            charging.take_slopes(self.bench, evidence.entry, evidence.truths)


def parts(bench: Bench) -> dict[str, Part]:
    """Everything that is timed, by its name."""
    behaviours = {b.name: bench.each(lambda e, n=b.name: behaving.behaved(bench.bench, e, [n])) for b in BEHAVIOURS}  # type: ignore[misc]
    return {
        AGREEMENT: bench.agreement,
        **{p.name: bench.related(p.name) for p in METAMORPHIC},
        "all relations": bench.related(),
        **behaviours,
        "all behaviours": bench.each(lambda e: behaving.behaved(bench.bench, e)),
        "demands of the handout": bench.each(lambda e: demanding.demanded(bench.bench, e)),
        "same_again": bench.each(lambda e: repeating.repeated(bench.bench, e)),
        SLOPES: bench.each(bench.slopes),
    }


TOGETHER = ("all relations", "all behaviours", "demands of the handout", "same_again")


def measure(asked: Assignment) -> dict[str, float]:
    """Milliseconds of each part in its quickest round."""
    found = submission.read(model(asked.id))
    files = {file.name: file.data for file in found.files}
    with Workbench(files, entry_files(found, asked), asked) as bench:
        loaded = bench.load()
        assert isinstance(loaded, Loaded), loaded
        timed = parts(Bench(asked, bench, loaded))
        times: dict[str, list[float]] = {name: [] for name in timed}
        for _ in range(ROUNDS):
            for name, work in timed.items():
                began = time.perf_counter()
                work()
                times[name].append(1000 * (time.perf_counter() - began))
                bench.run_seconds = 0.0
    return {name: min(taken) for name, taken in times.items()}


def main(asked: list[str]) -> None:
    """Print one table: milliseconds of agreement alone, everything else in multiples of it."""
    measured = {name: measure(registry.get(name)) for name in asked or registry.folders()}
    first = next(iter(measured.values()))
    rows: list[list[str]] = [[f"{AGREEMENT} (ms)", *(f"{m[AGREEMENT]:.0f}" for m in measured.values())]]
    rows += [[n, *(f"{m[n] / m[AGREEMENT]:.2f}" for m in measured.values())] for n in first if n != AGREEMENT]
    rows.append([WHOLE, *(f"{sum(m[n] for n in TOGETHER) / m[AGREEMENT]:.2f}" for m in measured.values())])
    print(tabulate(rows, headers=["share of agreement alone", *measured], tablefmt="github", disable_numparse=True))


if __name__ == "__main__":
    main(sys.argv[1:])
