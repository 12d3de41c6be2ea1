"""Grades as platforms take them: exactly their formats, blank where nothing was judged, and nothing half-written."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import jsonschema
import msgspec
import pytest
from typer.testing import CliRunner

from harness.batch.store import NAME, Inputs, opened
from harness.cli import app
from harness.report import Override, Points, Report
from harness.reporting import write
from sample_reports import all_right, failing, grader_fault, hostile, load_error, rough, skeleton

INPUTS = Inputs("content", "cs231n", "options", "versions")

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (55),RNN homework (77),Current Score
    Points Possible,,,,,5,10,(read only)
"Doe, Jane",101,u101,jdoe,001,4,,80
"Roe, Ann",102,u102,aroe,001,5,3,100
"Poe, Sam",103,u103,spoe,001,5,EX,100
"Nil, Max",104,u104,mnil,001,,,
"""
DOWNLOAD = {101: "doejane_101_9001_rnn.py", 102: "roeann_LATE_102_9002_rnn-1.py", 103: "poesam_103_9003_rnn.py"}
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),\
Last modified (grade),Feedback comments
Participant 7001,Jane Doe,jane@example.edu,Submitted for grading,,10.00,Yes,"Monday, 2 March 2026, 9:00 AM",-,
Participant 7002,Ann Roe,ann@example.edu,Submitted for grading - 2 days late,4.00,10.00,Yes,-,\
"Tuesday, 3 March 2026, 9:00 AM",seen
Participant 7003,Max Nil,max@example.edu,No submission,,10.00,Yes,-,-,
"""
PEOPLE = """\
submission,student_id,first_name,last_name,email
s01,u101,Jane,Doe,jane@example.edu
s02,u102,Ann,Roe,ann@example.edu
s04.py,u104,=cmd(),Poe,sam@example.edu
"""


def handed_in(report: Report, path: str) -> Report:
    """The report about a submission that lay at `path`."""
    return msgspec.structs.replace(report, submission=msgspec.structs.replace(report.submission, path=f"in/{path}"))


def graded(folder: Path, reports: Sequence[Report], hints: str = "full") -> Path:
    """A folder as `harness grade` leaves it."""
    with opened(folder) as store:
        store.start([report.submission.id for report in reports], hints)
        for report in reports:
            store.finish(INPUTS, report)
    return folder


def run(*arguments: object) -> tuple[int, str]:
    """Exit code, and all that is printed in one line; no traceback may ever be seen."""
    result = CliRunner().invoke(app, ["export", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


def saved(folder: Path, text: str, name: str = "roster.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def cell(path: Path, row: int, column: str) -> str:
    return table(path)[row][column]


@pytest.fixture
def canvas(tmp_path: Path) -> Path:
    """Three people of a download from Canvas; the third is excused."""
    names = ["doejane_101", "roeann_102", "poesam_103"]
    made = [all_right(names[0]), rough(names[1]), failing(names[2])]
    return graded(tmp_path, [handed_in(r, name) for r, name in zip(made, DOWNLOAD.values(), strict=True)])


@pytest.fixture
def moodle(tmp_path: Path) -> Path:
    """Two people of a download from Moodle; a part of the second could not be judged."""
    made = [failing("Jane Doe_7001"), rough("Ann Roe_7002")]
    return graded(tmp_path, [handed_in(r, f"{r.submission.id}_assignsubmission_file_") for r in made])


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return graded(tmp_path, [all_right("s01"), failing("s02"), handed_in(grader_fault("s04"), "s04.py")])


# Canvas


def test_canvas_gets_its_own_columns_and_the_one_of_the_assignment(canvas: Path) -> None:
    code, said = run("canvas", canvas, "--roster", saved(canvas, CANVAS), "--column", "RNN homework")
    rows = list(csv.reader(io.StringIO((canvas / "canvas.csv").read_text())))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "RNN homework (77)"],
        ["    Points Possible", "", "", "", "", "10"],
        ["Doe, Jane", "101", "u101", "jdoe", "001", "10"],
        ["Roe, Ann", "102", "u102", "aroe", "001", "3"],  # not judged in full: what Canvas has stays
        ["Poe, Sam", "103", "u103", "spoe", "001", "EX"],
    ]
    assert code == 1
    assert "No grade: roeann_102: rnn_backward could not be judged in full" in said
    assert "Handed in late: roeann_102" in said
    assert "Excused in Canvas, and left so: poesam_103" in said
    assert "On the roster without a submission: 1" in said


def test_canvas_is_told_when_the_assignment_is_new(canvas: Path) -> None:
    roster = saved(canvas, CANVAS)
    said = run("canvas", canvas, "--roster", roster, "--column", "Lab 9")[1]
    assert "Lab 9 is no column" in said
    assert "Canvas will offer to make a new assignment" in said
    assert cell(canvas / "canvas.csv", 1, "Lab 9") == "10"


@pytest.mark.parametrize(
    ("change", "asked", "says"),
    [
        (("", ""), [], "no column is called 'cs231n'; name the assignment's with --column: Homework 1 (55), RNN home"),
        (
            (",10,", ",100,"),
            ["--column", "rnn homework"],
            "out of 100 in Canvas, and these grades are out of 10; --out-of 100",
        ),
        ((",10,", ",ten,"), ["--column", "RNN homework (77)"], "Points Possible is 'ten', expected a number"),
        ((",101,", ",x1,"), ["--column", "RNN homework"], "ID is 'x1', expected Canvas's number"),
        (("Section", "Part"), ["--column", "RNN homework"], "Section is missing"),
        (("Homework 1 (55)", "RNN homework (55)"), ["--column", "RNN homework"], "have one title"),
    ],
)
def test_what_canvas_would_misread_is_a_sentence_and_no_file(
    canvas: Path, change: tuple[str, str], asked: list[str], says: str
) -> None:
    roster = CANVAS.replace("101,u101", "101,doejane_101") if change[0] == ",101," else CANVAS
    assert change[0] in roster
    code, said = run("canvas", canvas, "--roster", saved(canvas, roster.replace(*change)), *asked)
    assert code == 2
    assert says in said
    assert not (canvas / "canvas.csv").exists()


def test_grades_are_put_on_the_platforms_scale(canvas: Path) -> None:
    roster = saved(canvas, CANVAS.replace(",10,", ",100,"))
    run("canvas", canvas, "--roster", roster, "--column", "RNN homework", "--out-of", 100)
    assert [row["RNN homework (77)"] for row in table(canvas / "canvas.csv")] == ["100", "100", "3", "EX"]


def test_a_roster_with_semicolons_or_a_byte_order_mark_is_read(canvas: Path) -> None:
    text = "\ufeff" + CANVAS.replace(", ", "_").replace('"', "").replace(",", ";")
    run("canvas", canvas, "--roster", saved(canvas, text), "--column", "RNN homework")
    assert cell(canvas / "canvas.csv", 1, "RNN homework (77)") == "10"


def test_of_two_attempts_of_one_person_the_latest_counts(tmp_path: Path) -> None:
    made = [
        handed_in(failing("old"), "doejane_101_9001_rnn.py"),
        handed_in(all_right("new"), "doejane_101_9000_rnn-1.py"),
    ]
    graded(tmp_path, made)
    code, said = run("canvas", tmp_path, "--roster", saved(tmp_path, CANVAS), "--column", "RNN homework")
    assert [row["RNN homework (77)"] for row in table(tmp_path / "canvas.csv")] == ["10", "10"]
    assert (code, "Earlier attempts, left out: old" in said) == (0, True)


# Moodle


def test_moodles_worksheet_is_filled_in(moodle: Path) -> None:
    code, said = run("moodle", moodle, "--roster", saved(moodle, WORKSHEET))
    jane, ann = table(moodle / "moodle.csv")
    assert [*jane] == WORKSHEET.splitlines()[0].split(",")
    assert (jane["Identifier"], jane["Grade"], jane["Last modified (grade)"]) == ("Participant 7001", "5.625", "-")
    assert jane["Feedback comments"].startswith("<p>rnn_step_forward fails")
    assert (ann["Grade"], ann["Feedback comments"]) == ("4.00", "seen")  # not judged in full: Moodle keeps what it has
    assert ann["Last modified (grade)"] == "Tuesday, 3 March 2026, 9:00 AM"
    assert (code, "Handed in late: Ann Roe_7002" in said) == (1, True)


def test_without_a_worksheet_participants_are_known_from_the_download(moodle: Path) -> None:
    run("moodle", moodle)
    rows = table(moodle / "moodle.csv")
    assert [*rows[0]] == ["Identifier", "Grade", "Last modified (grade)", "Feedback comments"]
    assert [(row["Identifier"], row["Grade"]) for row in rows] == [
        ("Participant 7001", "5.625"),
        ("Participant 7002", ""),
    ]
    assert "there is no grade yet" in rows[1]["Feedback comments"]


def test_what_a_student_wrote_is_text_in_moodles_feedback(tmp_path: Path) -> None:
    graded(tmp_path, [handed_in(hostile("Eve_7009"), "Eve_7009_assignsubmission_file_")])
    run("moodle", tmp_path)
    feedback = cell(tmp_path / "moodle.csv", 0, "Feedback comments")
    assert "&lt;script&gt;" in feedback
    assert not [part for part in ("<script", "<img", "\x1b") if part in feedback]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("10.00", "100.00"), "out of 100 in Moodle, and these grades are out of 10; --out-of 100"),
        (("10.00", "Good"), "Maximum grade is 'Good', expected a number"),
        (("Last modified (grade)", "Zuletzt geändert"), "with Moodle set to English"),
        (("Participant 7001,Jane Doe", "nobody,Jane Doe_7001"), "Identifier is 'nobody', expected one like"),
    ],
)
def test_what_moodle_would_misread_is_a_sentence_and_no_file(moodle: Path, change: tuple[str, str], says: str) -> None:
    text = WORKSHEET.replace("Full name", "student_id") if "nobody" in change[1] else WORKSHEET
    assert change[0] in text
    code, said = run("moodle", moodle, "--roster", saved(moodle, text.replace(*change)))
    assert (code, says in said, (moodle / "moodle.csv").exists()) == (2, True, False), said


# nbgrader


def test_nbgraders_columns_hold_what_its_own_exporter_writes(plain: Path) -> None:
    code, said = run("nbgrader", plain, "--roster", saved(plain, PEOPLE))
    text = (plain / "nbgrader.csv").read_text()
    assert text.splitlines()[0] == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
        "raw_score,late_submission_penalty,score,max_score"
    )
    assert text.splitlines()[1] == "cs231n,,,u101,Doe,Jane,jane@example.edu,10.0,0.0,10.0,10.0"
    found = {row["student_id"]: row for row in table(plain / "nbgrader.csv")}
    assert all(float(row["score"]) <= float(row["max_score"]) for row in found.values() if row["score"])
    assert (found["u104"]["raw_score"], found["u104"]["score"]) == ("", "")
    assert found["u104"]["first_name"] == "'=cmd()"
    assert (code, "No grade: s04: the grader itself failed" in said) == (1, True)


def test_without_a_roster_students_are_called_like_their_submissions(plain: Path) -> None:
    run("nbgrader", plain)
    assert [row["student_id"] for row in table(plain / "nbgrader.csv")] == ["s01", "s02", "s04"]


# Gradescope

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
FORMATS = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
SHOWN = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEST = {
    **dict.fromkeys(("score", "max_score"), NUMBER),
    **dict.fromkeys(("name", "number", "output"), TEXT),
    **dict.fromkeys(("name_format", "output_format"), FORMATS),
    "status": {"enum": ["passed", "failed"]},
    "tags": {"type": "array"},
    "visibility": SHOWN,
    "extra_data": {"type": "object"},
}
WHOLE = {
    **dict.fromkeys(("output_format", "test_output_format", "test_name_format"), FORMATS),
    **dict.fromkeys(("visibility", "stdout_visibility"), SHOWN),
    "score": NUMBER,
    "execution_time": {"type": "integer"},
    "output": TEXT,
    "extra_data": {"type": "object"},
    "leaderboard": {"type": "array"},
    "tests": {"type": "array", "items": {"type": "object", "additionalProperties": False, "properties": TEST}},
}
DOCUMENTED = {"type": "object", "additionalProperties": False, "required": ["score"], "properties": WHOLE}
"""What Gradescope documents of results.json."""


def results(folder: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "gradescope" / name / "results.json").read_bytes())
    return found


@pytest.mark.parametrize(
    "report", [all_right("s"), failing("s"), load_error("s"), skeleton("s"), rough("s"), hostile("s")]
)
def test_gradescopes_results_are_what_it_documents(tmp_path: Path, report: Report) -> None:
    run("gradescope", graded(tmp_path, [all_right("other"), report]), "--visibility", "after_published")
    found = results(tmp_path, "s")
    jsonschema.validate(found, DOCUMENTED)
    assert (found["score"], found["visibility"]) == (report.score.earned, "after_published")
    assert found["stdout_visibility"] == "hidden"


def test_in_gradescope_a_test_that_was_not_judged_has_no_score(tmp_path: Path) -> None:
    run("gradescope", graded(tmp_path, [all_right("other"), rough("s06")]))
    found = results(tmp_path, "s06")
    *others, last = found["tests"]  # type: ignore[misc]
    assert [(test["score"], test["status"]) for test in others] == [(2.5, "passed")] * 3
    assert {"score", "status"}.isdisjoint(last)
    assert last["max_score"] == 2.5
    assert "A person will look at it" in str(found["output"])


def test_no_results_stay_where_nothing_could_be_judged(tmp_path: Path) -> None:
    run("gradescope", graded(tmp_path, [all_right("s01"), all_right("s04")]))
    code, said = run("gradescope", graded(tmp_path, [all_right("s01"), grader_fault("s04")]))
    assert (tmp_path / "gradescope" / "s01" / "results.json").is_file()
    assert not (tmp_path / "gradescope" / "s04" / "results.json").exists()
    assert (code, "No grade: s04" in said) == (1, True)


def test_gradescope_shows_no_more_than_the_reports_do(tmp_path: Path) -> None:
    told = "dh is not carried back from one time step"
    run("gradescope", graded(tmp_path, [failing("s02")]))
    assert told in str(results(tmp_path, "s02"))
    run("gradescope", graded(tmp_path, [failing("s02")], hints="none"))
    assert told not in str(results(tmp_path, "s02"))


def test_what_a_student_wrote_does_not_act_in_gradescope(tmp_path: Path) -> None:
    run("gradescope", graded(tmp_path, [hostile("s")]))
    text = str(results(tmp_path, "s")["output"])
    assert "\\<script\\>" in text
    assert "\x1b" not in text


# plain CSV


def test_plain_csv_has_the_roster_the_grade_and_every_part(plain: Path) -> None:
    run("csv", plain, "--roster", saved(plain, PEOPLE), "--out-of", 100, "--out", plain / "new" / "grades.csv")
    first, second, third = table(plain / "new" / "grades.csv")
    assert [*first][:8] == [
        *("submission", "student_id", "first_name", "last_name", "email", "assignment", "status", "grade"),
    ]
    assert (first["email"], first["grade"], first["out_of"]) == ("jane@example.edu", "100", "100")
    assert (second["grade"], second["rnn_backward"]) == ("56.25", "0.625")
    assert (third["grade"], third["status"], third["first_name"]) == ("", "grader_fault", "'=cmd()")
    assert "No grade: the grader itself failed." in third["note"]


def test_an_optional_part_that_was_not_handed_in_is_not_missed(tmp_path: Path) -> None:
    fewer = msgspec.structs.replace(
        failing("s02"), entry_points=failing("s02").entry_points[:2], score=Points(2.5, 5.0)
    )
    code, _ = run("csv", graded(tmp_path, [all_right("s01"), fewer]))
    assert code == 0
    assert [(row["grade"], row["out_of"]) for row in table(tmp_path / "grades.csv")] == [("10", "10"), ("5", "10")]


def test_points_set_by_hand_are_exported(plain: Path) -> None:
    with opened(plain) as store:
        store.override("s02", Override("rnn_backward", 2.5, 2.5, "Ana", "2026-03-02", "right idea"))
    run("csv", plain)
    assert cell(plain / "grades.csv", 1, "grade") == "7.5"
    assert "right idea" in cell(plain / "grades.csv", 1, "note")


def test_names_that_a_spreadsheet_would_compute_are_defused(tmp_path: Path) -> None:
    run("csv", graded(tmp_path, [hostile()]))
    cells = [c for row in csv.reader(io.StringIO((tmp_path / "grades.csv").read_text())) for c in row]
    assert '\'=cmd|" /C calc"!A1' in cells
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@")) or "\x1b" in c]


# what cannot be done


@pytest.mark.parametrize(
    ("roster", "says"),
    [
        ("", "it has nothing"),
        ("name,points\nJane,3\n", "expected a column 'submission' with the names of submissions, or"),
        ("submission,name\n", "names nobody"),
        (
            "submission,name\nx,Jane\ny,Ann\n",
            "matches no submission: it has 'x', 'y', and the submissions are called 's01'",
        ),
        (
            "submission,name\ns01,Jane\ns01,Ann\n",
            "two people have the submission 's01': Jane (line 2) and Ann (line 3)",
        ),
        ("submission,student_id\ns01,u1\ns02,u1\n", "have the same student_id, 'u1'"),
        ("submission,submission\ns01,s02\n", "has two columns 'submission'"),
        ("submission,name\ns01,Jane,x,y\n", "line 2: 4 cells in 2 columns"),
        ('submission,name\ns01,"Jane\n', "is no CSV file"),
        ("student_id,submission\nu1,\n", "matches no submission"),
    ],
)
def test_a_roster_that_cannot_be_used_is_a_sentence_and_no_file(plain: Path, roster: str, says: str) -> None:
    code, said = run("csv", plain, "--roster", saved(plain, roster))
    assert code == 2
    assert "harness: roster" in said
    assert says in said
    assert not (plain / "grades.csv").exists()


def test_who_is_not_on_the_roster_is_listed(plain: Path) -> None:
    code, said = run("csv", plain, "--roster", saved(plain, PEOPLE.replace("s02", "s99").replace("s04.py", "s98")))
    assert (code, "Not on the roster, left out: s02, s04" in said) == (1, True)
    assert "On the roster without a submission: 2" in said


def test_a_roster_in_no_known_encoding_is_a_sentence(plain: Path) -> None:
    (plain / "roster.csv").write_bytes("submission,name\ns01,Zoë\n".encode("latin-1"))
    assert "save it as CSV UTF-8" in run("csv", plain, "--roster", plain / "roster.csv")[1]
    assert "cannot be read" in run("csv", plain, "--roster", plain / "none.csv")[1]


def test_of_several_assignments_everybody_has_a_grade_for_each(tmp_path: Path) -> None:
    other = msgspec.structs.replace(failing("lab9/s01"), assignment="lab9")
    graded(tmp_path, [all_right("cs231n/s01"), other])
    code, said = run("nbgrader", tmp_path, "--roster", saved(tmp_path, "submission,student_id\ns01,u1\n"))
    assert code == 0, said
    rows = [(row["assignment"], row["student_id"], row["score"]) for row in table(tmp_path / "nbgrader.csv")]
    assert rows == [("cs231n", "u1", "10.0"), ("lab9", "u1", "5.625")]
    two_rows = saved(tmp_path, "submission,student_id\ncs231n/s01,u1\nlab9/s01,u1\n")
    assert run("nbgrader", tmp_path, "--roster", two_rows)[0] == 0
    assert "without a submission" not in said


def test_two_submissions_of_one_person_are_a_sentence(tmp_path: Path) -> None:
    made = [handed_in(failing("a"), "doejane_101_9001_rnn.py"), handed_in(all_right("b"), "doejane_101_9002_lstm.py")]
    code, said = run("csv", graded(tmp_path, made), "--roster", saved(tmp_path, CANVAS))
    assert code == 2
    assert "Doe, Jane (line 3) has two submissions, 'a' and 'b', and nothing says which one counts" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["blackboard"], "'blackboard' is not one of"),
        (["canvas"], "export the gradebook from Canvas"),
        (["moodle"], "'s01' is no name from Moodle's download"),
        (["gradescope", "--out-of", "5"], "leave --roster and --out-of out"),
        (["csv", "--column", "x"], "--column is about Canvas"),
        (["csv", "--visibility", "hidden"], "--visibility is about Gradescope"),
        (["csv", "--out-of", "0"], "every grade zero"),
        (["csv", "-a", "lab9"], "no report is about 'lab9'; there are cs231n"),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_code_2(plain: Path, arguments: list[str], says: str) -> None:
    before = sorted(plain.iterdir())
    code, said = run(arguments[0], plain, *arguments[1:])
    assert (code, sorted(plain.iterdir())) == (2, before)
    assert says in said


def test_a_gradebook_with_one_column_takes_one_assignment(tmp_path: Path) -> None:
    other = msgspec.structs.replace(all_right("lab9/Ann Roe_7002"), assignment="lab9")
    made = [handed_in(all_right("cs231n/Jane Doe_7001"), "Jane Doe_7001_assignsubmission_file_")]
    graded(tmp_path, [*made, handed_in(other, "Ann Roe_7002_assignsubmission_file_")])
    code, said = run("moodle", tmp_path)
    assert (code, "name it: --assignment cs231n (or lab9)" in said) == (2, True)
    assert run("moodle", tmp_path, "-a", "lab9")[0] == 0
    assert [row["Identifier"] for row in table(tmp_path / "moodle.csv")] == ["Participant 7002"]


def test_reports_of_another_version_are_a_sentence(plain: Path) -> None:
    connection = sqlite3.connect(plain / NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    code, said = run("csv", plain)
    assert (code, "is of version 99" in said) == (3, True)
    code, said = run("csv", plain / "nowhere")
    assert (code, "`harness grade` makes it" in said) == (3, True)


def test_a_file_that_cannot_be_written_leaves_the_old_one_whole(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("csv", plain)
    before = {p.name: p.read_bytes() for p in plain.iterdir() if p.suffix == ".csv"}

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write.os, "replace", full_disk)
    code, said = run("csv", plain, "--out-of", 50)
    assert (code, "cannot write" in said) == (3, True)
    assert {p.name: p.read_bytes() for p in plain.iterdir() if p.suffix == ".csv"} == before
    assert not [p for p in plain.iterdir() if p.name.startswith(".")]


def test_help_shows_examples_and_exit_codes() -> None:
    said = run("--help")[1]
    assert "harness export canvas graded --roster gradebook.csv" in said
    assert "Exit code: 0" in said


def test_what_was_not_recognised_belongs_to_the_only_assignment_there_is(tmp_path: Path) -> None:
    unknown = msgspec.structs.replace(grader_fault("s09"), assignment=None, status="load_error", message="no Python")
    run("csv", graded(tmp_path, [all_right("s01"), unknown]), "-a", "cs231n")
    assert [row["submission"] for row in table(tmp_path / "grades.csv")] == ["s01", "s09"]
    other = msgspec.structs.replace(all_right("s10"), assignment="lab9")
    run("csv", graded(tmp_path, [all_right("s01"), unknown, other]), "-a", "cs231n")
    assert [row["submission"] for row in table(tmp_path / "grades.csv")] == ["s01"]
