"""Where the time of one right submission goes: student code, oracle, Hypothesis, wire, judging, start of a worker.

Run as `python benchmarks/shares.py`. Everything is measured side by side in one process; compare the shares, not the
milliseconds. The student's own time is that of the same calls in a bare loop.
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from typing import Any

from tabulate import tabulate

from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.cases import drawing
from harness.evidence import exercise, judged
from harness.oracles import bank
from harness.oracles.error_bound import run_model
from harness.worker.workbench import Workbench
from models import ASSIGNMENTS, model

ROUNDS = 5


def median_ms(work: Callable[[], Any]) -> float:
    """Median wall time of `work`, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def bare_loop(asked: Assignment) -> Callable[[], None]:
    """The student's calls without a wall around them."""
    code = importlib.import_module(f"reference_impls.{asked.id}.model")
    operations = importlib.import_module(registry.folders()[asked.id] + ".driver").OPERATIONS
    calls = []
    for entry in asked.entry_points:
        for truth in bank.truths(asked.id, entry.group, "0", 44):
            arrays: dict[str, Any] = dict(exercise(asked, entry, truth).arrays)
            if asked.library == "torch":
                torch = importlib.import_module("torch")
                arrays = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
            calls.append((operations[entry.name], arrays))
    return lambda: [operation(code, arrays) for operation, arrays in calls] and None


def measure(asked: Assignment) -> dict[str, float]:
    """Milliseconds of each part, for every entry point on 44 cases each."""
    groups = [(g, drawing.cases(asked, g, "0", 44)) for g in asked.groups]
    files = {"model.py": model(asked.id).read_bytes()}
    names = dict.fromkeys(asked.defined_names, "model.py")
    parts = {"student code": median_ms(bare_loop(asked))}
    with Workbench(files, names, asked) as bench:
        parts["start of a worker"] = median_ms(lambda: (bench.stop(), bench.load()))
        frames = [(e, bank.truths(asked.id, e.group, "0", 44)) for e in asked.entry_points]
        sent = [[exercise(asked, e, t) for t in truths] for e, truths in frames]
        bench.run(sent[0])
        parts["wire"] = median_ms(lambda: [bench.run(s) for s in sent]) - parts["student code"]
        outcomes = [bench.run(s) for s in sent]
    parts["judging"] = median_ms(
        lambda: [judged(asked, e, truths, o) for (e, truths), o in zip(frames, outcomes, strict=True)]
    )
    parts["Hypothesis (once a seed)"] = median_ms(lambda: [drawing.cases(asked, g, "0", 44) for g, _ in groups])
    parts["oracle and bound (once a seed)"] = median_ms(
        lambda: [bank._find(asked, g.name, c) for g, cases in groups for c in cases]
    )
    parts["of it: model solution with bound"] = median_ms(
        lambda: [run_model(asked, asked.group(e.group), t.inputs, "float64") for e, ts in frames[::2] for t in ts]
    )
    return parts


def main() -> None:
    """Print one table."""
    measured = {name: measure(registry.get(name)) for name in ASSIGNMENTS}
    rows = [[part, *(measured[a][part] for a in ASSIGNMENTS)] for part in measured[ASSIGNMENTS[0]]]
    print(tabulate(rows, headers=["ms for 4 entry points × 44 cases", *ASSIGNMENTS], floatfmt=".1f", tablefmt="github"))


if __name__ == "__main__":
    main()
