"""How much a report gives away is decided before anything is written."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from harness.report import encode
from harness.reporting.explaining import explain
from harness.reporting.grouping import hardest, mistakes, unexplained
from harness.reporting.hide import hide_expected
from harness.reporting.hinting import LEVELS, Level, limited
from harness.reporting.html import report_html
from harness.reporting.markdown import markdown
from harness.reporting.write import write_summary
from sample_reports import EXPECTED, all_right, failing, hostile

TITLE, QUESTION = "dh is not carried back", "Along which two paths"
WHERE = "never reaches the steps before it"
FORMATS = [lambda r: encode(r).decode(), markdown, report_html]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_kept_back_is_not_in_the_file_at_all(level: Level, format_) -> None:  # type: ignore[no-untyped-def]
    text = format_(limited(failing(), level))
    assert (TITLE in text) == (level == "full")
    assert ("seq.no_carry" in text) == (level == "full" and text.startswith("{"))
    assert (QUESTION in text) == (level != "none")
    assert (WHERE in text) == (level != "none")
    assert "differs from PyTorch" in text


def test_questions_asked_twice_are_asked_once() -> None:
    report = failing()
    wrong = next(e for e in report.entry_points if e.diagnoses)
    wrong.diagnoses.append(wrong.diagnoses[0])
    try:
        again = limited(report, "steps")
    finally:
        wrong.diagnoses.pop()
    assert [len(e.diagnoses) for e in again.entry_points if e.name == wrong.name] == [1]


def explained(report) -> str:  # type: ignore[no-untyped-def]
    """All of a report's entry points at length, as printed."""
    out = io.StringIO()
    for entry in report.entry_points:
        explain(Console(file=out, width=100), entry)
    return out.getvalue()


def test_a_failure_is_explained_at_length() -> None:
    text = explained(failing())
    for part in (TITLE, QUESTION, "h[1] → h[0]", "carried back", "dWh at N=1, H=2", "How far", f"({EXPECTED})"):
        assert part in text, part


def test_a_failure_explained_with_hidden_answers_shows_none() -> None:
    assert EXPECTED not in explained(hide_expected(failing()))


def test_a_class_is_grouped_by_its_mistakes() -> None:
    reports = [failing("a"), failing("b"), all_right("c")]
    (mistake,) = mistakes(reports)
    assert TITLE in mistake.title
    assert [r.submission.id for r in mistake.reports] == ["a", "b"]
    assert mistake.entry_points == ("rnn_backward",)


def test_the_hardest_entry_point_comes_first() -> None:
    found = hardest([failing("a"), failing("b"), all_right("c")])
    assert [(d.name, d.right, d.attempted) for d in found] == [
        ("rnn_backward", 1, 3),
        ("rnn_step_backward", 1, 3),
        ("rnn_step_forward", 1, 3),
    ]


def test_what_has_no_name_is_shown_to_a_person() -> None:
    assert [e.name for e in unexplained(failing())] == ["rnn_step_forward"]  # the others are named, or another's fault
    assert not unexplained(all_right())


def test_hostile_text_explained_at_length_does_not_steer_the_terminal() -> None:
    text = explained(hostile())
    assert "rnn_forward" in text
    assert not [c for c in text if c in "\x1b\x07\x9b\u202e"]


def test_a_course_keeps_its_seed_with_the_answers() -> None:
    secret = replace(failing(), seed="known to the course only")
    for format_ in FORMATS:
        assert "known to the course only" not in format_(hide_expected(secret))
        assert "known to the course only" in format_(secret)
    assert hide_expected(failing()).seed == "0"


@pytest.mark.parametrize("level", LEVELS)
def test_the_gradebook_gives_no_more_away_than_the_reports_and_the_summary_says_that_it_does(
    level: Level, tmp_path: Path
) -> None:
    named = [e for e in failing().entry_points if e.diagnoses]
    write_summary([replace(failing(), entry_points=named)], tmp_path, level)
    assert (TITLE in (tmp_path / "gradebook.csv").read_text("utf-8")) == (level == "full")
    page = (tmp_path / "summary.html").read_text("utf-8")
    assert TITLE in page
    assert ("For those who teach" in page) == (level != "full")
