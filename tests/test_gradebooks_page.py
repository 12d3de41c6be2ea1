"""The page about gradebooks says what is true, on folders as the platforms make them."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from harness.assignments.contract import Assignment
from harness.batch import one
from harness.cli import app
from harness.options import Options
from harness.report import Report
from harness.submission import Submission
from sample_reports import all_right
from test_exporting import CANVAS, WORKSHEET

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "gradebooks.md").read_text()
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
PEOPLE = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)[0]
INBOX = {
    "canvas": ["doejane_101_9001_rnn.py", "roeann_LATE_102_9002_rnn-1.py", "roeann_LATE_102_9003_helpers.py"],
}
OVERRIDE = re.findall(r"`(harness override .*?)`", PAGE)[0]

pytestmark = pytest.mark.usefixtures("one_process")


def fake(handed_in: Submission, assignment: Assignment, options: Options) -> Report:
    """A report without grading anything."""
    info = msgspec.structs.replace(all_right(handed_in.id).submission, path=handed_in.path, sha256=handed_in.sha256)
    return msgspec.structs.replace(all_right(handed_in.id), submission=info, assignment=assignment.id)


def run(command: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    return result.exit_code, result.output


def laid_out(names: list[str]) -> None:
    for name in names:
        place = Path("inbox", name) if "." in name else Path("inbox", name, "rnn.py")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("def rnn_forward(x, h0, Wx, Wh, b): ...\n")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the page names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(one, "engine", lambda: fake)
    Path("gradebook.csv").write_text(CANVAS.replace(",10,", ",,"))
    Path("worksheet.csv").write_text(WORKSHEET.replace("10.00", "100.00"))
    Path("people.csv").write_text(PEOPLE)
    return tmp_path


def test_the_page_shows_every_format() -> None:
    shown = {shlex.split(command)[2] for command in COMMANDS if " export " in command}
    assert shown == {"canvas", "moodle", "nbgrader", "gradescope", "csv"}


def test_a_class_goes_from_canvass_archive_into_its_gradebook(course: Path) -> None:
    laid_out(INBOX["canvas"])
    said = run(f"{COMMANDS[0]} --jobs 1 --isolation process")[1]
    assert "inbox is a download from Canvas, of 2 people." in said
    assert "Handed in late, as Canvas says: roeann_102" in said
    run(COMMANDS[1])
    rows = list(csv.DictReader(Path("graded/canvas.csv").read_text().splitlines()))
    assert [(row["ID"], row["RNN homework (77)"]) for row in rows] == [("", "10"), ("101", "10"), ("102", "10")]


def test_the_override_that_the_page_shows_is_one() -> None:
    assert run(f"{OVERRIDE} --out nowhere")[0] == 3  # understood, and there is no such folder
