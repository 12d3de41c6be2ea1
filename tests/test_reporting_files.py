"""Files on disk: where they go, that they are whole, and what the gradebook holds."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from harness.report import Report, decode
from harness.reporting import write
from harness.reporting.gradebook import gradebook_csv, safe_cell
from harness.reporting.paths import folder_of, link_to
from harness.reporting.summary import bars, summary_html, summary_json
from harness.reporting.write import write_report, write_summary
from sample_reports import all_right, every, failing, grader_fault, hostile, load_error, raising, report, rough


def rows(reports: list[Report]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(gradebook_csv(reports))))


def of_assignment(sample: Report, assignment: str) -> Report:
    info = msgspec.structs.replace(sample.submission, id=f"{assignment}/{sample.submission.id}")
    return msgspec.structs.replace(sample, assignment=assignment, submission=info)


def test_a_report_is_written_in_three_formats(tmp_path: Path) -> None:
    write_report(failing("cs231n/s02"), tmp_path)
    place = tmp_path / "cs231n" / "s02"
    assert sorted(p.name for p in place.iterdir()) == ["report.html", "report.json", "report.md"]
    assert decode((place / "report.json").read_bytes()) == failing("cs231n/s02")


def test_a_summary_links_to_reports_that_are_there(tmp_path: Path) -> None:
    reports = [of_assignment(r, "quiz10") for r in every()]
    for each in reports:
        write_report(each, tmp_path)
    write_summary(reports, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["gradebook.csv", "quiz10", "summary.html", "summary.json"]
    page = (tmp_path / "summary.html").read_text("utf-8")
    for each in reports:
        link = link_to(each.submission.id)
        assert f'href="{link}"' in page
        assert (tmp_path / unquote(link)).is_file()
    for row in json.loads((tmp_path / "summary.json").read_bytes())["submissions"]:
        assert (tmp_path / row["report"]).is_file()


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_summary([all_right()], tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def full_disk(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write.os, "replace", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_summary([failing()], tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


NAMES = ["s01", "cs231n/s01", "Zoë Müller (late)", "../../etc/passwd", "/etc/passwd", "..", ".", "", "a/../..", "a/b/c"]
NAMES += ["..\\..\\x", "a\x00b", "a\nb", "gradebook.csv", "Summary.HTML", "x" * 400, "ü" * 300, "\udcff", " a ", "./x"]


@pytest.mark.parametrize("name", NAMES)
def test_reports_never_leave_their_folder(name: str, tmp_path: Path) -> None:
    place = folder_of(name)
    assert not place.is_absolute()
    assert 1 <= len(place.parts) <= 2
    assert not {"..", "", "."} & set(place.parts)
    (tmp_path / place).mkdir(parents=True)
    assert tmp_path.resolve() in (tmp_path / place).resolve().parents


def test_different_submissions_never_share_a_folder() -> None:
    tricky = [*NAMES, "a:b", "a_b", "a*b", "a b", "x" * 401]
    assert len({folder_of(name) for name in tricky}) == len(tricky)


def test_ordinary_names_stay_as_they_are() -> None:
    assert [str(folder_of(n)) for n in NAMES[:3]] == NAMES[:3]


@pytest.mark.parametrize("name", ["gradebook.csv", "summary.json", "SUMMARY.html", "grades.csv", "Gradescope"])
def test_a_submission_named_like_a_summary_does_not_stand_in_its_way(name: str, tmp_path: Path) -> None:
    write_report(all_right(name), tmp_path)
    write_summary([all_right(name)], tmp_path)
    assert folder_of(name).name.casefold() != name.casefold()
    assert (tmp_path / "summary.html").is_file()


def test_gradebook_has_a_line_for_each_submission_and_a_column_for_each_entry_point() -> None:
    found = rows([all_right(), failing()])
    assert [*found[0]] == [
        "submission",
        "assignment",
        "status",
        "earned",
        "possible",
        "rnn_step_forward",
        "rnn_step_backward",
        "rnn_forward",
        "rnn_backward",
        "note",
    ]
    assert [found[1][c] for c in ("submission", "earned", "possible", "rnn_backward")] == [
        "s02",
        "5.625",
        "10",
        "0.625",
    ]
    assert found[1]["note"].startswith("rnn_step_forward fails")


def test_what_could_not_be_judged_is_blank_in_the_gradebook() -> None:
    fault, partly, lost = rows([grader_fault(), rough(), load_error()])
    assert (fault["earned"], fault["possible"]) == ("", "")
    assert (partly["earned"], partly["possible"], partly["rnn_backward"]) == ("7.5", "7.5", "")
    assert (lost["status"], lost["earned"]) == ("load_error", "0")
    assert "SyntaxError" in lost["note"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "\x00=1", "\u200b=1"]
)
def test_a_spreadsheet_computes_nothing_a_student_wrote(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["s01", "2.5", "a=b", "rnn_forward", ""])
def test_ordinary_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_hostile_names_are_defused_in_the_gradebook() -> None:
    cells = [cell for row in csv.reader(io.StringIO(gradebook_csv([hostile()]))) for cell in row]
    assert '\'=cmd|" /C calc"!A1' in cells
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@")) or "\x1b" in c or "\n" in c]


def test_summary_lists_first_who_needs_a_person() -> None:
    page = summary_html([all_right("fine"), grader_fault("broken"), rough("unsure"), load_error("lost")], {})
    first = page[: page.index("Verdict and points")]
    assert ">fine<" not in first
    assert all(f"{name} <span" in first for name in ("broken", "unsure", "lost"))


def test_summary_has_a_section_for_each_assignment() -> None:
    reports = [of_assignment(all_right(), a) for a in ("cs231n", "quiz10")]
    page = summary_html(reports, {})
    assert page.count('<table class="matrix"') == 2
    assert [*json.loads(summary_json(reports))["counts"]] == ["cs231n", "quiz10"]


def test_summary_counts_outcomes() -> None:
    counts = json.loads(summary_json(every()))["counts"]["cs231n"]
    assert counts == {
        "submissions": 9,
        "nothing wrong": 1,
        "something wrong": 5,
        "not judged": 1,
        "could not be loaded": 1,
        "grader fault": 1,
    }


def test_summary_is_the_same_from_run_to_run() -> None:
    slower = [msgspec.structs.replace(r, seconds=type(r.seconds)(9.0, 9.0, 9.0)) for r in every()]
    assert summary_json(slower) == summary_json(every())
    assert gradebook_csv(slower) == gradebook_csv(every())
    assert summary_html(slower, {}) == summary_html(every(), {})


def test_histogram_counts_graded_submissions_once() -> None:
    found = bars([all_right(), failing(), raising(), grader_fault(), load_error()])
    assert [(b.low, b.count) for b in found if b.count] == [(20, 1), (50, 1), (90, 1)]
    assert found[9].height == 1.0


def test_an_empty_batch_still_gets_its_files(tmp_path: Path) -> None:
    write_summary([], tmp_path)
    write_summary([report("s01", [])], tmp_path)
    assert len([*tmp_path.iterdir()]) == 3
