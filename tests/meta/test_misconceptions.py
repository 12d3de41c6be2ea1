"""Wrong code never passes: a misconception is caught where it shows, and only there, and is called by a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from formulations.in_process import evidence_of, submission_of
from formulations.running import built_on
from grading import DEEP, grade_file
from harness.assignments import registry
from harness.report import PASSING, Report
from reference_impls import catalogue
from sharing import share

Row = tuple[str, catalogue.Misconception]


def _kinds(row: Row) -> list[str]:
    """What a share holds at least one of: each entry point, each family, each way to show."""
    assignment, wrong = row
    return [wrong.shows_at, *(f"{assignment} {name}" for name in (wrong.family, *wrong.touches))]


CATALOGUE = [(a.id, m) for a in registry.every() for m in catalogue.misconceptions(a.id)]
EVERY = share(CATALOGUE, lambda row: f"{row[0]}-{row[1].id}", _kinds, 6)
SEEDS = ("one", "two", "three", "four")
AT_OTHER_SEEDS = (
    CATALOGUE if DEEP else [row for row in CATALOGUE if row[1].id in ("cap.start_is_one", "ts.loss_mean_T")]
)
NAMED = ("matches_autograd", "runs")
"""Properties whose failures the catalogue explains; the others say themselves what is wrong."""


@pytest.mark.parametrize(("assignment", "wrong"), EVERY, ids=[f"{a}-{m.id}" for a, m in EVERY])
def test_a_misconception_is_caught_where_it_shows_and_named(
    assignment: str, wrong: catalogue.Misconception, tmp_path: Path
) -> None:
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source(assignment), wrong))
    contract = registry.get(assignment)
    groups = {contract.entry_point(name).group for name in wrong.touches}
    near = [e.name for e in contract.entry_points if e.group in groups or len(contract.groups) <= 2]
    report = grade_file(path, assignment, only=tuple(near))
    assert report.status == "graded"
    assert wrong.touches
    touched = {e.name: e.status for e in report.entry_points if e.name in wrong.touches}
    others, built = [e for e in report.entry_points if e.name not in wrong.touches], built_on(contract, wrong.touches)
    untouched = {e.name: e.status for e in others if e.name not in built}
    assert "pass" not in touched.values(), touched
    assert set(untouched.values()) <= {"pass", "not_judged"}, untouched
    assert all(e.charged_to in wrong.touches for e in others if e.name in built and e.status not in PASSING), others
    assert report.score.earned is not None
    assert report.score.earned < report.score.possible or set(touched.values()) <= PASSING
    _is_named(report, wrong.id)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("assignment", "wrong"), AT_OTHER_SEEDS, ids=[f"{a}-{m.id}" for a, m in AT_OTHER_SEEDS])
def test_a_misconception_is_caught_at_other_seeds_too(
    assignment: str, wrong: catalogue.Misconception, seed: str, tmp_path: Path
) -> None:
    """By the verdicts on what it returns in this process, as far as they tell; what they pass is graded."""
    source = catalogue.apply(catalogue.source(assignment), wrong)
    contract, code = registry.get(assignment), submission_of(source)
    seen = {name: evidence_of(contract, contract.entry_point(name), code, seed) for name in wrong.touches}
    passed = [n for n, e in seen.items() if all(e.tensor_status(t.name) == "pass" for t in e.entry.tensors)]
    path = tmp_path / "submitted.py"
    path.write_text(source)
    statuses = (
        {e.name: e.status for e in grade_file(path, assignment, seed=seed, only=tuple(passed)).entry_points}
        if passed
        else {}
    )
    assert [name for name in passed if statuses[name] == "pass"] == []


LAYERS = [
    *("step.forward_squeeze", "step.forward_no_bias", "seq.no_carry", "lstm.f_half"),
    *("lstm.sigmoid_for_g", "lstm.no_c_carry", "emb.forward_from_one", "emb.fancy_iadd", "ta.forward_no_bias"),
    *("ta.db_mean", "ts.loss_mean_T", "ts.ds_no_mask", "ts.softmax_axis0"),
]
WRONG_LAYERS = share(
    [m for m in catalogue.misconceptions("cs231n") if m.id in LAYERS], lambda m: m.id, lambda m: [m.family], 3
)


@pytest.mark.parametrize("wrong", WRONG_LAYERS, ids=lambda m: m.id)
def test_what_is_built_on_a_wrong_layer_keeps_its_points(wrong: catalogue.Misconception, tmp_path: Path) -> None:
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source("cs231n"), wrong))
    built = built_on(registry.get("cs231n"), wrong.touches)
    report = grade_file(path, "cs231n", only=tuple(built))
    failed = {e.name: (e.status, e.charged_to) for e in report.entry_points if e.status not in PASSING}
    assert failed
    assert {culprit for _, culprit in failed.values()} <= set(wrong.touches), failed
    assert report.score.earned == report.score.possible


def _is_named(report: Report, expected: str) -> None:
    """What fails by its own fault is named, and nothing else is. Mistakes with the same numbers share one name."""
    for entry in report.entry_points:
        own_fault = [c for c in entry.checks if c.property in NAMED and c.status in ("fail", "error")]
        assert bool(entry.diagnoses) == bool(own_fault and not entry.charged_to), (entry.name, entry.diagnoses)
        for diagnosis in entry.diagnoses:
            assert set(diagnosis.explains) <= {c.tensor for c in own_fault}
            assert diagnosis.id == expected, (entry.name, diagnosis)
