"""What grading a right submission costs, in counts that are the same on every machine.

Run as `python tests/counting.py > tests/counts.json` to record them anew, when a change is meant.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from harness import submission as submissions
from harness import verify
from harness.assignments import registry
from harness.options import Options
from harness.oracles import autograd, bank
from harness.wire import Loaded, Ready
from harness.worker.session import Session
from reference_impls import catalogue

Counts = dict[str, int]
COLD = ("cs231n", "rnn_step", "counted once", 12)
"""A bank that nothing else makes."""
IMPORTING = """
import sys
from harness.cli import app
app(sys.argv[1:], standalone_mode=False)
house = {name for name in sys.modules if name.partition(".")[0] in ("harness", "reference_impls")}
files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
others = {name.partition(".")[0] for name, file in files.items() if "site-packages" in file}
print("harness modules", len(house), *sorted(others - {"harness", "reference_impls", "_distutils_hack"}))
"""


def every() -> dict[str, Counts]:
    """All counts, by what they are of."""
    with tempfile.TemporaryDirectory() as place:
        found = {asked.id: right(asked.id, Path(place)) for asked in registry.every()}
        return {**found, "a bank that is not there": cold(), "imports of a check": imports(Path(place))}


def right(assignment: str, place: Path) -> Counts:
    """Round trips to the worker, calls, bytes there and back, and evaluations of an oracle, with a warm bank."""
    path = place / f"{assignment}.py"
    path.write_text(catalogue.source(assignment))
    asked, submission = registry.get(assignment), submissions.read(path)
    verify.grade(submission, asked, Options())  # whatever cases it needs are there from now on
    with _counted() as counts:
        report = verify.grade(submission, asked, Options())
    assert report.score.earned == report.score.possible
    return dict(counts)


def cold() -> Counts:
    """Evaluations of each oracle while a bank is made."""
    with (
        _counted() as counts,
        mock.patch.dict(os.environ, {"HARNESS_CACHE": ""}),
        mock.patch.object(bank, "_known", {}),
    ):
        bank.truths(*COLD)
    return {name: count for name, count in counts.items() if name.startswith("evaluations")}


def imports(place: Path) -> Counts:
    """Modules of this project, and other projects, that a check of a right numpy submission imports."""
    path = place / "imported.py"
    path.write_text(catalogue.source("cs231n"))
    command = [sys.executable, "-c", IMPORTING, "check", str(path), "-a", "cs231n", "--only", "rnn_step_*"]
    for _ in range(2):  # the bank is made by the first
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    _, _, modules, *others = done.stdout.splitlines()[-1].split()
    return {"modules": int(modules), **dict.fromkeys(others, 1)}


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    counts: Counter[str] = Counter(
        {"round trips": 0, "calls": 0, "bytes sent": 0, "bytes received": 0, "evaluations of the model solution": 0}
    )
    counts["evaluations of PyTorch"] = 0
    replay, next_message, model, answers = Session.replay, Session._next_message, bank.run_model, autograd.answers

    def replayed(self: Session, frames: bytes, numbers: Sequence[int]) -> Any:
        counts.update({"round trips": 1, "calls": len(numbers), "bytes sent": len(frames)})
        return replay(self, frames, numbers)

    def received(self: Session) -> Any:
        before, message = self.read, next_message(self)
        if isinstance(message, tuple) and not isinstance(message[0], Ready | Loaded):
            counts["bytes received"] += self.read - before
        return message

    def modelled(*arguments: Any) -> Any:
        counts["evaluations of the model solution"] += 1
        return model(*arguments)

    def answered(*arguments: Any) -> Any:
        counts["evaluations of PyTorch"] += 1
        return answers(*arguments)

    with (
        mock.patch.object(Session, "replay", replayed),
        mock.patch.object(Session, "_next_message", received),
        mock.patch.object(bank, "run_model", modelled),
        mock.patch.object(autograd, "answers", answered),
    ):
        yield counts


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        os.environ["HARNESS_CACHE"] = cache
        sys.stdout.write(json.dumps(every(), indent=2) + "\n")
