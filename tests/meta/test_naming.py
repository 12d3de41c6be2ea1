"""Mistakes are named however they are written, one or two at a time, and never by a wrong name."""

from __future__ import annotations

import ast

import msgspec
import pytest

import naming as measured
from formulations import mistakes, restyling
from formulations.in_process import evidence_of, submission_of
from grading import DEEP
from harness.assignments import registry
from harness.diagnosis import naming
from harness.report import Diagnosis
from reference_impls import catalogue

EVERY = [a.id for a in registry.every()]
STYLES = [s for name in EVERY for s in mistakes.every(name)]
FRESH = 1000 if DEEP else 24
PAIRS = 60 if DEEP else 2
"""For each assignment."""
LEFT_OUT = 1 if DEEP else 60
"""Every so many misconceptions."""


def test_every_mistake_in_another_style_can_be_made() -> None:
    assert len(STYLES) >= 150
    for style in STYLES:
        ast.parse(mistakes.source(style))
        assert style.id in {m.id for m in catalogue.misconceptions(style.assignment)}, style


@pytest.mark.parametrize("style", STYLES if DEEP else STYLES[::16], ids=lambda s: f"{s.formulation}-{s.id}")
def test_a_mistake_in_another_style_is_named(style: mistakes.Style) -> None:
    rows = [m for m in catalogue.misconceptions(style.assignment) if m.id == style.id]
    code = submission_of(mistakes.source(style))
    found = next(iter(measured.outcomes(registry.get(style.assignment), code, style.id, rows, FRESH)))
    assert found.named, found.diagnoses
    assert {d.id for d in found.diagnoses} == {style.id}


RAISING = {"lab9": "out.eq28_printed", "mytorch": "cls.delta_direct"}
"""Mistakes that raise at most shapes, with a message in which the shapes stand the other way round."""


@pytest.mark.parametrize("name", EVERY)
def test_a_mistake_in_a_program_rewritten_by_machine_is_named(name: str) -> None:
    contract = registry.get(name)
    rows = catalogue.misconceptions(name)
    chosen = [*rows[:: 1 if DEEP else 80], *(m for m in rows if m.id == RAISING.get(name))]
    found = [o for m in chosen for o in measured.rewritten(contract, min(FRESH, 100), [m])]
    assert found
    assert not [(o.label, o.diagnoses) for o in found if not o.named or not o.called]


@pytest.mark.parametrize("name", EVERY)
def test_a_right_program_rewritten_by_machine_is_right(name: str) -> None:
    contract = registry.get(name)
    code = submission_of(restyling.restyled(catalogue.source(name), contract.library))
    for entry in contract.entry_points:
        evidence = evidence_of(contract, entry, code, cases=44 if DEEP else 12)
        assert not evidence.failed, entry.name
        assert not naming.name(contract, evidence, frozenset(), frozenset())


@pytest.mark.parametrize("name", EVERY)
def test_two_mistakes_at_once_are_named_and_never_by_a_wrong_name(name: str) -> None:
    found = list(measured.pairs(registry.get(name), PAIRS, FRESH))
    assert len(found) == PAIRS
    assert not [o for o in found if o.wrong]
    assert sum(o.named for o in found) >= 0.75 * len(found), [o.label for o in found if not o.named]


@pytest.mark.parametrize("name", EVERY)
def test_what_is_not_in_the_catalogue_gets_no_wrong_name_and_its_place_is_right(name: str) -> None:
    contract = registry.get(name)
    every = catalogue.misconceptions(name)
    found = [o for m in every[::LEFT_OUT] for o in measured.left_out(contract, FRESH, [m])]
    assert found
    assert not [(o.label, o.wrong) for o in found if o.wrong]
    assert sum(o.named for o in found) >= 0.9 * len(found), [o.label for o in found if not o.named]


def named(
    assignment: str, entry: str, source: str, rows: list[catalogue.Misconception] | None = None
) -> list[Diagnosis]:
    contract = registry.get(assignment)
    evidence = evidence_of(contract, contract.entry_point(entry), submission_of(source))
    return naming.name(contract, evidence, frozenset(), frozenset(), rows)


SIZES = [
    ("step.eps_deriv", "rnn_step_backward", "3e-5", "3e-05"),
    ("step.weight_decay", "rnn_step_backward", "0.0371", "0.0371"),
    ("step.weight_decay", "rnn_step_backward", "(-0.2)", "-0.2"),
    ("seq.clip5", "rnn_backward", "2", "2"),
]


@pytest.mark.parametrize(("mistake", "entry", "size", "said"), SIZES)
def test_the_size_of_a_mistake_is_fitted(mistake: str, entry: str, size: str, said: str) -> None:
    row = next(m for m in catalogue.misconceptions("quiz10") if m.id == mistake)
    source = catalogue.apply(catalogue.source("quiz10"), catalogue.resized(row, size))
    found = named("quiz10", entry, source)
    assert [(d.id, d.title) for d in found] == [(mistake, f"{row.title}: its size is {said}")]


def test_a_size_that_changes_from_case_to_case_is_none() -> None:
    row = next(m for m in catalogue.misconceptions("quiz10") if m.id == "step.weight_decay")
    source = catalogue.apply(catalogue.source("quiz10"), catalogue.resized(row, "len(x)"))
    assert not [d for d in named("quiz10", "rnn_step_backward", source) if "its size is" in d.title]


def test_mistakes_that_cannot_be_told_apart_are_one_diagnosis() -> None:
    row = next(m for m in catalogue.misconceptions("quiz10") if m.id == "step.no_deriv")
    twin = msgspec.structs.replace(row, id="step.twin", title="nothing is multiplied by the slope")
    source = catalogue.apply(catalogue.source("quiz10"), row)
    found = named("quiz10", "rnn_step_backward", source, [row, twin])
    assert [d.id for d in found] == ["step.no_deriv"]
    assert found[0].explanation.endswith("The same numbers come of this: nothing is multiplied by the slope.")


def test_two_mistakes_in_the_same_tensors_are_named_together() -> None:
    rows = [m for m in catalogue.misconceptions("quiz10") if m.id in ("seq.no_carry", "seq.tanh_no_square")]
    found = named("quiz10", "rnn_backward", catalogue.apply_all(catalogue.source("quiz10"), rows))
    assert {d.id for d in found} == {m.id for m in rows}
    assert {d.agrees_on for d in found} == {"44 of 44 cases, both at once"}


def test_edits_that_share_a_place_cannot_be_made_at_once() -> None:
    rows = [m for m in catalogue.misconceptions("quiz10") if m.id in ("step.neg", "step.no_deriv")]
    with pytest.raises(ValueError, match="share the place"):
        catalogue.apply_all(catalogue.source("quiz10"), rows)
