"""What a smallest case says by itself is true of every case, and stands in every format."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grading import DEEP, entry, grade_file
from harness.diagnosis import pairing
from harness.report import Report
from harness.reporting import wording
from harness.reporting.hinting import limited
from reference_impls import catalogue
from test_reporting_formats import FORMATS

SAID = {
    ("cs231n", "step.db_mean", "rnn_step_backward"): [
        "Any N ≥ 2 shows it; D and H do not matter.",
        "With one sample it is right: look at how samples are put together, by a sum or an average.",
    ],
    ("cs231n", "step.dh_no_T", "rnn_step_backward"): [
        "Any H ≥ 2 shows it; N and D do not matter.",
        "With one hidden unit it is right: look at what mixes units, a product with a matrix or its transpose.",
    ],
    ("cs231n", "step.no_deriv", "rnn_step_backward"): ["Any size shows it."],
    ("cs187", "grad.one_step_back", "dL_dU"): [
        "It takes T ≥ 3.",
        "With two steps it is right: look at what has to go back further than that.",
    ],
    ("cs231n", "seq.no_carry", "rnn_backward"): [
        "It takes T ≥ 2; N, D and H can be 1.",
        "With one step it is right: look at what passes from one step to another, and at what adds up over steps.",
    ],
    ("cs231n", "emb.fancy_iadd", "word_embedding_backward"): [],  # two steps, or two samples: neither is needed
}


def made(assignment: str, mistake: str, name: str, folder: Path) -> Report:
    """The report on the model solution with a mistake in it."""
    wrong = next(m for m in catalogue.misconceptions(assignment) if m.id == mistake)
    path = folder / "submitted.py"
    path.write_text(catalogue.apply(catalogue.source(assignment), wrong))
    return grade_file(path, assignment, only=(name,))


def test_what_has_no_name_is_said_and_how_far_one_was_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.source("cs231n").replace("dx = da @ Wx.T", "dx = da @ Wx.T + 0.125"))
    report = grade_file(path, "cs231n", only=("rnn_step_backward",))
    said = entry(report, "rnn_step_backward").unnamed
    assert re.fullmatch(r"None of the \d+ mistakes known here, nor any two of them at once, explains dx\.", said)
    for format_ in ("terminal", "markdown", "html"):
        text = re.sub(r"<[^>]+>|\\|\s+", " ", FORMATS[format_](report))
        assert re.sub(r"\s+", " ", said) in re.sub(r"\s+", " ", text), format_
    assert not entry(limited(report, "none"), "rnn_step_backward").unnamed


def test_a_search_that_was_stopped_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "MOST", 3)
    path = tmp_path / "submitted.py"
    path.write_text(catalogue.source("cs231n").replace("dx = da @ Wx.T", "dx = da @ Wx.T + 0.125"))
    said = entry(grade_file(path, "cs231n", only=("rnn_step_backward",)), "rnn_step_backward").unnamed
    assert said.endswith("explains dx. Two of them at once were tried 3 times; then the search stopped looking.")


@pytest.mark.parametrize("asked", SAID if DEEP else list(SAID)[::2], ids=lambda asked: asked[1])
def test_the_smallest_case_names_the_sizes_it_takes_and_what_that_is_evidence_of(
    asked: tuple[str, str, str], tmp_path: Path
) -> None:
    assignment, mistake, name = asked
    report = made(assignment, mistake, name, tmp_path)
    assert wording.reading_sentences(entry(report, name)) == SAID[asked]
    for format_ in ("terminal", "markdown", "html"):
        text = re.sub(r"<[^>]+>|\\|\s+", " ", FORMATS[format_](report))
        for line in SAID[asked]:
            assert re.sub(r"\s+", " ", line) in re.sub(r"\s+", " ", text), format_
    assert not wording.reading_sentences(entry(limited(report, "none"), name))
