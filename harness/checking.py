"""Turns the verdicts on one entry point into the checks a report lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.assignments.contract import EntryPoint, Tensor, part_names
from harness.diagnosis.charging import Credit, Slopes
from harness.diagnosis.smallest import Found
from harness.evidence import Evidence
from harness.oracles.bank import Truth
from harness.properties import agreement, demands
from harness.properties.agreement import CaseVerdict
from harness.properties.comparison import LARGEST, element
from harness.report import Check, Counterexample, Frame, Status
from harness.wire import Failure
from harness.worker.session import Ended, Outcome, Result

Array = np.ndarray[Any, Any]

FINITE_DIFFERENCES = "matches_finite_differences"
Demands = Mapping[str, dict[str, list[CaseVerdict]]]
"""For every demanded property, the verdicts of each tensor it is demanded of."""


def frames(failure: Failure | None) -> list[Frame]:
    """The student's own frames of a traceback, as a report shows them."""
    return [Frame(f.file, f.line, f.function, f.text) for f in failure.frames] if failure else []


def matches(
    evidence: Evidence, found: Mapping[str, Counterexample], credits: Sequence[Credit], seen: Mapping[str, Found]
) -> list[Check]:
    """One check that it runs, where it does not; then one a tensor: does it agree with the oracle on every case?"""
    return [
        *_runs(evidence, found, seen),
        *(_match(evidence, tensor, found, credits, seen.get(tensor.name)) for tensor in evidence.entry.tensors),
    ]


RUNS = "runs"
BAD = frozenset({"fail", "error", "precision"})


def _runs(evidence: Evidence, found: Mapping[str, Counterexample], seen: Mapping[str, Found]) -> list[Check]:
    """The exception an entry point raises, told once and not for every tensor."""
    ran = [o for o in evidence.outcomes if o is not None and not isinstance(o, Ended)]
    raised = [o for o in ran if isinstance(o, Failure)]
    if not raised or not seen:
        return []
    shown = {name: f.outcome for name, f in seen.items() if isinstance(f.outcome, Failure)}
    name, failure = next(iter(shown.items()), ("", raised[0]))
    return [
        Check(
            property=RUNS,
            tensor=None,
            status="error",
            cases=len(ran),
            failed=len(raised),
            message=f"{agreement.trouble_of(failure)} ({len(raised)} of {len(ran)} cases)",
            counterexample=found.get(name),
            traceback=frames(failure),
        )
    ]


def _match(
    evidence: Evidence,
    tensor: Tensor,
    found: Mapping[str, Counterexample],
    credits: Sequence[Credit],
    seen: Found | None,
) -> Check:
    verdicts = evidence.verdicts.get(tensor.name, ())
    status: Status = evidence.tensor_status(tensor.name)  # type: ignore[assignment]
    bad = [v for v in verdicts if v.status in BAD]
    raised = seen is not None and isinstance(seen.outcome, Failure)  # told once, by the check that it runs
    return Check(
        property=agreement.MATCHES,
        tensor=tensor.name,
        status=status,
        cases=len(verdicts) + bool(evidence.ended),
        failed=len(bad) + bool(evidence.ended),
        not_judged=sum(v.status == "not_judged" for v in verdicts),
        message=_message(evidence, tensor, status, verdicts, bad, credits),
        counterexample=None if raised else found.get(tensor.name),
        worst_ratio=_worst_ratio(verdicts),
        first_failed=next((i for i, v in enumerate(verdicts, 1) if v.status in BAD), None),
    )


def _only_raised(verdict: CaseVerdict) -> bool:
    """Whether there was no result at all on this case."""
    return verdict.status == "error" and not verdict.part


def _worst_ratio(verdicts: Sequence[CaseVerdict]) -> float | None:
    """The largest distance from the oracle in multiples of what is allowed, over the cases that have one."""
    ratios = [v.comparison.ratio for v in verdicts if not v.trouble and v.comparison.ratio < LARGEST]
    return float(f"{max(ratios):.3g}") if ratios else None


def _message(
    evidence: Evidence,
    tensor: Tensor,
    status: str,
    verdicts: Sequence[CaseVerdict],
    bad: Sequence[CaseVerdict],
    credits: Sequence[Credit],
) -> str:
    if evidence.unrun or status == "pass":
        return ""
    if evidence.ended:
        return f"{evidence.entry.name} did not finish: {evidence.ended.why}"
    text = _in_words(tensor, status, verdicts, bad)
    if status == "precision":
        text += f"; {_why_rough(evidence, tensor, bad)}"
    reasons = [c.why for c in credits if tensor.name in c.tensors]
    return "; ".join([text, *reasons[:1]])


def _why_rough(evidence: Evidence, tensor: Tensor, bad: Sequence[CaseVerdict]) -> str:
    """A downcast leaves only numbers that float32 can hold; an epsilon in a formula hardly ever does (2% of cases)."""
    outcomes = {id(t): o for t, o in zip(evidence.truths, evidence.outcomes, strict=False)}
    found = [(v, outcomes.get(id(v.truth))) for v in bad if v.status == "precision"]
    arrays = [
        o.arrays[name]
        for v, o in found
        if isinstance(o, Result)
        for name in part_names(tensor.name, tensor.per_layer, v.truth.case.dims)
        if name in o.arrays
    ]
    if all(np.array_equal(a, a.astype(np.float32)) for a in arrays):
        return "every number of it fits float32, so something casts it down"
    return "its numbers have more digits than float32 holds, so look for a small constant, an epsilon, in a formula"


def _in_words(tensor: Tensor, status: str, verdicts: Sequence[CaseVerdict], bad: Sequence[CaseVerdict]) -> str:
    share = f"on {len(bad)} of {len(verdicts)} cases"
    against = "PyTorch's gradient" if tensor.wrt else "the definition"
    if status == "error":
        raised = sum(_only_raised(v) for v in bad)
        if raised:
            wrong = sum(v.status == "fail" for v in bad)
            more = f", and it is wrong on {wrong} more" if wrong else ""
            return f"there was no {tensor.name} to judge on {raised} of {len(verdicts)} cases{more}"
        first = next(v for v in bad if v.status == "error")
        return f"{first.trouble} ({sum(v.status == 'error' for v in bad)} of {len(verdicts)} cases)"
    if status == "precision":
        return f"{tensor.name} is right only to float32 accuracy {share}"
    if status == "not_judged":
        why = next((v.trouble for v in verdicts if v.status == "not_judged" and v.trouble), "")
        return why or (f"rounding decides {tensor.name} on too many cases to judge it" if verdicts else "")
    nans = " (it holds NaN or infinity)" if any(np.isinf(v.comparison.ratio) for v in bad) else ""
    return f"{tensor.name} differs from {against} {share}{nans}"


def demanded(entry: EntryPoint, verdicts: Demands) -> list[Check]:
    """One check for every behaviour the handout demands of a tensor."""
    return [
        Check(
            property=name,
            tensor=tensor,
            status=demands.status(found),  # type: ignore[arg-type]
            cases=len(found),
            failed=sum(v.status == "fail" for v in found),
            not_judged=sum(v.status == "not_judged" for v in found),
            message=next((v.trouble for v in found if v.status == "fail"), ""),
        )
        for name, tensors in verdicts.items()
        for tensor, found in tensors.items()
    ]


def finite_differences(entry: EntryPoint, evidence: Evidence, forward: Evidence, taken: Slopes) -> list[Check]:
    """One check a tensor: is it the derivative of the student's own forward function?

    It never fails a tensor that agrees with autograd: what it can show there is only that the forward is wrong.
    """
    checks = []
    for tensor in (t for t in entry.tensors if t.wrt):
        agreed, cases = taken.agreeing(tensor.name)
        if not cases or evidence.tensor_status(tensor.name) == "error":
            continue
        status: Status = "pass" if agreed == cases else "fail"
        message = (
            ""
            if status == "pass"
            else f"not the derivative of your own {_differentiated(entry)} on {cases - agreed} of {cases} cases"
        )
        if status == "fail" and evidence.tensor_status(tensor.name) in ("pass", "precision"):
            status, message = "not_judged", f"{message}, and yet right" if forward.failed else message
        checks.append(Check(FINITE_DIFFERENCES, tensor.name, status, cases, cases - agreed, message))
    return checks


def _differentiated(entry: EntryPoint) -> str:
    """What an entry point's gradients are the derivatives of: its forward function, or the loss it returns itself."""
    return entry.forward if entry.forward != entry.name else "loss"


def example(
    truth: Truth, verdict: CaseVerdict, outcome: Outcome, snippet: str, hide: bool, reading: Sequence[str] = ()
) -> Counterexample:
    """A failing case for people: dimensions, features, the worst element, a program that reproduces it."""
    case, comparison, worst, mismatched = truth.case, verdict.comparison, None, ""
    if (
        isinstance(outcome, Result)
        and verdict.part in outcome.arrays
        and not comparison.trouble
        and comparison.elements
    ):
        arrays = outcome.arrays[verdict.part], truth.expected[verdict.part], truth.allowed[verdict.part]
        worst = element(verdict.part, *arrays, hide)
        share = 100 * comparison.mismatched / comparison.elements
        mismatched = f"{comparison.mismatched} / {comparison.elements} ({share:.1f}%)"
    return Counterexample(case.dims, case.seed, case.features, worst, mismatched, snippet, list(reading))
