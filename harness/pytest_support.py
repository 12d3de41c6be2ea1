"""Grades a submission inside pytest: one test per entry point and property, with live Hypothesis inside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import checking, choosing, collecting, recognising, source, submission
from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Tensor
from harness.demanding import demanded
from harness.diagnosis import charging
from harness.evidence import Evidence
from harness.exploring import Stopped, examples, explore
from harness.options import DEFAULT_CASES
from harness.oracles import bank
from harness.properties import agreement
from harness.report import Check
from harness.reporting.cleaning import plain
from harness.reporting.wording import dims_text
from harness.worker.isolation import reached
from harness.worker.session import Ended
from harness.worker.workbench import Workbench


class Submitted:
    """A submission on its workbench, exercised once on the case bank before Hypothesis goes on."""

    def __init__(self, path: Path, assignment_id: str | None, seed: str, level: str = "") -> None:
        self.submission = submission.read(path)
        known = [registry.get(assignment_id)] if assignment_id else registry.every()
        self.assignment: Assignment = known[0] if assignment_id else recognising.recognise(self.submission, known)
        choice = choosing.choose(self.submission, self.assignment)
        self.submission, files = choice.submission, choice.files
        self.bench = Workbench({f.name: f.data for f in self.submission.files}, files, self.assignment, reached(level))
        self.sources = {
            f.name: source.aliased(source.parse(f.data), self.assignment.aliases)
            for f in self.submission.files
            if f.name in files.values()
        }
        self.seed = seed
        self.known: dict[str, Evidence] = {}

    def evidence(self, entry: EntryPoint) -> Evidence:
        """What the case bank shows of `entry`, and first of those it builds on."""
        if entry.name not in self.known:
            for needed in entry.needs:
                self.evidence(self.assignment.entry_point(needed))
            loaded = self.bench.load()
            if isinstance(loaded, Ended):
                return Evidence(entry, unrun="error", message=f"it could not be imported: {loaded.why}")
            truths = bank.truths(self.assignment.id, entry.group, self.seed, DEFAULT_CASES)
            self.known[entry.name] = collecting.collect(self.bench, entry, truths, self.sources, loaded, self.known)
        return self.known[entry.name]


class SubmissionFile(pytest.File):
    """Collects one item per entry point and property."""

    def collect(self) -> Iterator[pytest.Item]:
        """Items named as one would by hand: `rnn_backward::matches_autograd[dWh]`."""
        option = self.config.getoption
        path = Path(str(option("submission")))
        try:
            submitted = Submitted(path, option("assignment"), option("submission_seed"), option("submission_isolation"))
        except (submission.Unreadable, recognising.Unrecognised, LookupError) as error:
            raise pytest.UsageError(f"--submission {path}: {error}") from error
        self.config.add_cleanup(submitted.bench.stop)
        for entry in submitted.assignment.entry_points:
            yield from self._items(submitted, entry)

    def _items(self, submitted: Submitted, entry: EntryPoint) -> Iterator[pytest.Item]:
        def item(kind: type[_Property], tensor: Tensor | None, label: str) -> pytest.Item:
            name = f"{entry.name}::{label}"
            made = kind.from_parent(
                self, name=name, nodeid=f"{self.nodeid}::{name}"
            )  # told, or `--lf` splits it wrongly
            made.about(submitted, entry, tensor)
            made.add_marker("backward" if entry.forward else "forward")
            made.add_marker(kind.marker)
            return made

        for tensor in entry.tensors:
            yield item(Agreement, tensor, f"{agreement.MATCHES}[{tensor.name}]")
        for demand in entry.demands:
            yield item(Demanded, None, demand.property)
        if entry.forward:
            yield item(OwnForward, None, "matches_finite_differences")


class Broken(Exception):
    """A property that does not hold, in the report's words."""


class _Property(pytest.Item):
    """One property of one entry point."""

    marker = ""
    """What chooses all of its kind: `pytest -m agreement`."""

    def about(self, submitted: Submitted, entry: EntryPoint, tensor: Tensor | None) -> None:
        """Say which; pytest's own constructor takes no more than a name."""
        self.submitted, self.entry, self.tensor = submitted, entry, tensor

    def runtest(self) -> None:
        """Judge what the bank shows; a property may go on from there."""
        evidence = self.submitted.evidence(self.entry)
        if evidence.unrun == "not_judged":
            pytest.skip(f"not judged: {evidence.message}")
        if evidence.unrun or evidence.ended:
            ended = evidence.ended
            raise Broken(f"{self.entry.name}: {evidence.message or (ended.why if ended else '')}")
        self.judge(evidence)

    def judge(self, evidence: Evidence) -> None:
        """Raise `Broken` when the property does not hold."""
        raise NotImplementedError

    def fail_for(self, checks: list[Check]) -> None:
        """Raise `Broken` with the report's words for the first check that failed."""
        bad = next((c for c in checks if c.status in ("fail", "error")), None)
        if bad is not None:
            raise Broken(in_words(self.entry, bad))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report's words, not a wall of frames."""
        return str(excinfo.value) if isinstance(excinfo.value, Broken) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the entry point stands in the student's file."""
        file = self.submitted.bench.entry_files.get(self.entry.defined_by)
        line = source.line_of(self.submitted.sources[file], self.entry.function) if file else None
        return Path(self.submitted.submission.path), (line or 1) - 1, self.name


class Agreement(_Property):
    """A tensor agrees with the oracle, on whatever Hypothesis draws."""

    marker = "agreement"

    def judge(self, evidence: Evidence) -> None:
        """Draw, fail, shrink."""
        assert self.tensor is not None
        if self.tensor not in evidence.entry.tensors:
            pytest.skip(f"{self.entry.name} does not return {self.tensor.name}, and need not")
        try:
            seed, variant = self.submitted.seed, evidence.variant
            check = explore(self.submitted.bench, evidence.entry, self.tensor, seed, examples(), variant)
        except Stopped as stopped:
            raise Broken(f"{self.entry.name} did not finish: {stopped}") from stopped
        self.fail_for([check] if check else [])


class Demanded(_Property):
    """A behaviour the handout demands."""

    marker = "demanded"

    def judge(self, evidence: Evidence) -> None:
        """Judged on the bank."""
        property_name = self.name.rpartition("::")[2]
        checks = demanded(self.submitted.bench, evidence)
        self.fail_for([c for c in checks if c.property == property_name])


class OwnForward(_Property):
    """A backward function is the derivative of the student's own forward function."""

    marker = "slopes"

    def judge(self, evidence: Evidence) -> None:
        """Judged by slopes on a few cases of the bank."""
        taken = charging.take_slopes(self.submitted.bench, self.entry, evidence.truths)
        if taken is None:
            pytest.skip(f"{self.entry.forward} cannot be run on moved inputs")
        forward = self.submitted.evidence(self.submitted.assignment.entry_point(self.entry.forward))
        self.fail_for(checking.finite_differences(evidence.entry, evidence, forward, taken))


def in_words(entry: EntryPoint, check: Check) -> str:
    """A failed check as the report tells it: what, the worst element, the smallest case, a program to paste."""
    lines = [plain(f"{entry.name}: {check.message or check.property}")]
    example = check.counterexample
    if example is not None:
        features = "".join(f", {name} {value}" for name, value in example.features.items())
        lines.append(f"smallest case: {dims_text(example.dims)}{features}")
        if example.worst is not None:
            worst = example.worst
            lines.append(
                f"{worst.index}: yours {worst.actual}, expected {worst.expected} {worst.allowed}; "
                f"mismatched elements: {example.mismatched}"
            )
        lines += ["", example.snippet]
    frames = [f"{f.file}:{f.line} in {f.function}: {f.text}" for f in check.traceback]
    return "\n".join([*lines, *map(plain, frames)])
