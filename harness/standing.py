"""What an entry point's checks come to: the status of each tensor, whose mistake it is, and the points."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from harness import checking, repeating, rubric, scoring
from harness.assignments.contract import Assignment, EntryPoint
from harness.diagnosis.charging import Credit
from harness.evidence import Evidence
from harness.options import Options
from harness.properties import agreement
from harness.properties.offered import offered
from harness.report import PASSING, BehaviourFinding, Check, Diagnosis, Points, Status, worst


def statuses(
    assignment: Assignment, evidence: Evidence, checks: Sequence[Check], excused: Collection[str] = ()
) -> dict[str, Status]:
    """Every tensor's status: the worst of what agreement and the checks besides say. `excused` ones agree."""
    also = None if assignment.has_answers else checking.FINITE_DIFFERENCES
    agreed = {t.name: _agreed(assignment, evidence, t.name, checks) for t in evidence.entry.tensors}
    return {n: _with_demands("pass" if n in excused else status, n, checks, also) for n, status in agreed.items()}


def culprit(found: Mapping[str, Status], kept: Mapping[str, Status], credits: Sequence[Credit]) -> str | None:
    """The entry point that explains every failed tensor; none where a mistake of its own is left."""
    failed = {name for name, status in found.items() if status not in PASSING}
    if not failed or any(kept[name] not in PASSING for name in failed):
        return None
    whole = [c.culprit for c in credits if failed <= c.tensors]
    return next(iter([*whole, *(c.culprit for c in credits)]), None)


def excused(credits: Sequence[Credit]) -> set[str]:
    """Tensors that are wrong only because of another entry point."""
    return {name for credit in credits for name in credit.tensors}


def property_points(assignment: Assignment, options: Options, entry: EntryPoint) -> dict[str, float]:
    """Points that a rubric gives to properties of an entry point."""
    return rubric.properties(options.rubric, entry, offered(assignment, entry))


def points(
    assignment: Assignment,
    options: Options,
    evidence: Evidence,
    checks: Sequence[Check],
    credits: Sequence[Credit] = (),
    findings: Sequence[BehaviourFinding] = (),
) -> Points:
    """What an entry point earns: its tensors, and properties that have points of their own and cost no others."""
    entry, own = evidence.entry, property_points(assignment, options, evidence.entry)
    others = [c for c in checks if c.property not in own]
    earned: dict[str, str] = {**statuses(assignment, evidence, others, excused(credits))}
    worth = rubric.points(options.rubric, entry)
    left = worth - sum(own.values())
    shares = {name: left * weight for name, weight in rubric.weights(options.rubric, entry).items()}
    for name, given in own.items():
        shares[_key(name)], earned[_key(name)] = given, _held(name, evidence, checks, findings, bool(credits))
    return scoring.entry_points_earned(worth, shares if own else rubric.weights(options.rubric, entry), earned)


def lost_by_convention(
    assignment: Assignment,
    options: Options,
    evidence: Evidence,
    checks: Sequence[Check],
    credits: Sequence[Credit],
    diagnoses: Sequence[Diagnosis],
) -> dict[str, float]:
    """Points that each tensor would have, were it not for another convention: none where it fails otherwise too."""
    names = {name for d in diagnoses if d.convention for name in d.explains}

    def earned(also: frozenset[str]) -> float:
        credit = Credit("", also, "")
        return points(assignment, options, evidence, checks, [*credits, credit]).earned or 0.0

    return {name: earned(frozenset({name})) - earned(frozenset()) for name in sorted(names)}


def priced(finding: BehaviourFinding, own: Mapping[str, float]) -> BehaviourFinding:
    """A finding that says what it costs, where it costs anything."""
    given = own.get(finding.property)
    text = f"{finding.message} (this costs {given:g} of the points)" if given else finding.message
    return msgspec.structs.replace(finding, message=text)


def _held(
    name: str, evidence: Evidence, checks: Sequence[Check], findings: Sequence[BehaviourFinding], charged: bool
) -> str:
    """Whether a property holds: `not_judged` where nothing shows it, unless nothing was ever returned; nor where it
    is broken and another entry point's mistake may be why."""
    if evidence.unrun or evidence.ended or evidence.raised_always:
        return evidence.unrun or "error"
    about: list[Status] = [f.status for f in findings if f.property == name]
    about += ["fail" if c.failed else c.status for c in checks if c.property == name]
    status = worst(about)
    related = any(c.property == name and c.relation for c in checks)
    return "not_judged" if status == "fail" and charged and related else status


def _key(name: str) -> str:
    """What a property is called among tensors: no tensor has such a name."""
    return f"property {name}"


def _agreed(assignment: Assignment, evidence: Evidence, tensor: str, checks: Sequence[Check]) -> str:
    """The tensor's status as far as the answer key goes; where there is none, relations have to decide."""
    status = evidence.tensor_status(tensor)
    if assignment.has_answers or status != "not_judged":
        return status
    own_loss = evidence.entry.forward == evidence.entry.name  # slopes are of it, so they are about both
    about = {None, tensor, *(t.name for t in evidence.entry.tensors if own_loss)}
    return "pass" if any(_decides(c) and c.tensor in about for c in checks) else status


def _decides(check: Check) -> bool:
    """Whether a check says that something holds, or does not, where nothing is known of the right answer."""
    about = check.relation and check.property != repeating.SAME_AGAIN
    return (about or check.property == checking.FINITE_DIFFERENCES) and check.status != "not_judged"


def _with_demands(agreed: str, tensor: str, checks: Sequence[Check], also: str | None) -> Status:
    """The worst of agreement with the oracle and of what the handout demands besides, where that could be judged."""
    demands: list[Status] = [
        c.status
        for c in checks
        if c.tensor == tensor
        and (c.property not in (agreement.MATCHES, checking.FINITE_DIFFERENCES) or c.property == also)
        and c.status != "not_judged"
    ]
    return worst([agreed, *demands])  # type: ignore[list-item]
