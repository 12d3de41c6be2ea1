"""Files that change while they are read or graded, and rosters that would like to be computed: nobody else is hurt."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from harness import submission as submissions
from harness.assignments.contract import Assignment
from harness.batch import keeping
from harness.batch.discover import discover
from harness.batch.one import grade_entry
from harness.batch.store import opened
from harness.cli import app
from harness.commands import watching
from harness.options import Options
from harness.report import Report, SubmissionInfo
from harness.reporting.gradebook import FORMULA
from harness.submission import Submission, Unreadable
from reference_impls import catalogue
from sample_reports import all_right, failing, rough
from test_exporting import CANVAS, DOWNLOAD, PEOPLE, WORKSHEET, graded, handed_in, saved

MODEL = catalogue.source("lab9")
SECRET = "def rnn_forward():\n    return 'a secret of the grader'\n"
fifos = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")


# the same thing handed in twice, of which one changes while the batch runs


def by_its_words(submission: Submission, assignment: Assignment, options: Options) -> Report:
    """A report that needs no worker: right code says so."""
    made = all_right if b"right" in submission.files[0].data else failing
    return msgspec.structs.replace(
        made(submission.id), submission=SubmissionInfo(submission.id, submission.path, submission.sha256)
    )


@pytest.mark.parametrize("changes", [0, 1])
def test_what_changes_while_the_batch_runs_gives_its_grade_to_nobody_else(
    changes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "in" / name / "hw.py" for name in ("ann", "bob")]
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_text("# right\n")

    def in_turn(waiting, options, _, on_done, *__):  # type: ignore[no-untyped-def]
        files[changes].write_text("# wrong\n")
        for entry in waiting:
            on_done(grade_entry(entry, options, by_its_words))

    monkeypatch.setattr(keeping, "grade_each", in_turn)
    done: dict[str, Report] = {}
    with opened(tmp_path) as store:
        plan = keeping.planned(store, discover(tmp_path / "in", assignment="lab9").entries, Options(), "full")
        keeping.graded(store, plan, Options(), 1, lambda report: done.update({report.submission.id: report}))
        after = keeping.planned(store, discover(tmp_path / "in", assignment="lab9").entries, Options(), "full")
    honest = done["bob" if changes == 0 else "ann"]
    assert honest.score.earned == honest.score.possible
    assert {e.id for e in after.waiting} == {files[changes].parent.name}, "what has changed is graded again"


# rosters


FORMULAS = ("=cmd()", "+1+cmd()", "-2+cmd()", "@SUM(A1)", "\t=cmd()", "\u200b=cmd()", "=x")
ESCAPE = "=\x1b]0;title\x07\x1b[2J\u202e"


def hostile_roster(text: str, columns: dict[str, str], evil: str) -> str:
    """The roster with `evil` in the cells of these columns, and a column more that is called so."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        row.update(dict.fromkeys(columns, evil) | {evil: evil})
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _on_canvas(folder: Path) -> tuple[str, dict[str, str]]:
    names = ("doejane_101", "roeann_102", "poesam_103")
    made = (all_right(names[0]), rough(names[1]), failing(names[2]))
    graded(folder, [handed_in(r, name) for r, name in zip(made, DOWNLOAD.values(), strict=True)])
    rows = "\n".join(line for line in CANVAS.splitlines() if "Points Possible" not in line)
    return rows, dict.fromkeys(("Student", "SIS User ID", "Section", "RNN homework (77)"), "")


def _on_moodle(folder: Path) -> tuple[str, dict[str, str]]:
    made = [failing("Jane Doe_7001"), rough("Ann Roe_7002")]
    graded(folder, [handed_in(r, f"{r.submission.id}_assignsubmission_file_") for r in made])
    return WORKSHEET, dict.fromkeys(("Full name", "Status", "Grade", "Feedback comments"), "")


def _elsewhere(folder: Path) -> tuple[str, dict[str, str]]:
    graded(folder, [all_right("s01"), rough("s02")])
    return PEOPLE, dict.fromkeys(("first_name", "last_name", "email"), "")


PLATFORMS = {"canvas": _on_canvas, "moodle": _on_moodle, "nbgrader": _elsewhere, "csv": _elsewhere}


@pytest.mark.parametrize("evil", [*FORMULAS, ESCAPE])
@pytest.mark.parametrize("form", PLATFORMS)
def test_nothing_in_a_roster_is_computed_or_steers_a_terminal(form: str, evil: str, tmp_path: Path) -> None:
    text, columns = PLATFORMS[form](tmp_path)
    roster = saved(tmp_path, hostile_roster(text, columns, evil))
    column = ["--column", "RNN homework"] if form == "canvas" else []
    done = CliRunner().invoke(app, ["export", form, str(tmp_path), "--roster", str(roster), *column])
    assert done.exit_code in (0, 1), done.output
    written = tmp_path / ("grades.csv" if form == "csv" else f"{form}.csv")
    cells = [c for row in csv.reader(io.StringIO(written.read_text())) for c in row]
    assert any(c.startswith(tuple(f"'{sign}" for sign in FORMULA)) for c in cells)
    assert [c for c in cells if c.lstrip("\t \u200b").startswith(FORMULA) and c != "-"] == []
    assert all(c.isprintable() for c in "".join(cells))
    assert all(c.isprintable() or c == "\n" for c in done.output)


def test_what_is_wrong_with_a_hostile_roster_is_told_without_steering_the_terminal(tmp_path: Path) -> None:
    graded(tmp_path, [all_right("s01")])
    for text in (f"submission,name\ns01,{ESCAPE}\ns01,{ESCAPE}\n", f"{ESCAPE},name\na,b\n", f"submission\n{ESCAPE}\n"):
        done = CliRunner().invoke(app, ["export", "csv", str(tmp_path), "--roster", str(saved(tmp_path, text))])
        assert done.exit_code == 2
        assert all(c.isprintable() or c == "\n" for c in done.output), done.output


# a file that is watched


def to_link(place: Path) -> None:
    secret = place.parent / "secret.py"
    secret.write_text(SECRET)
    place.unlink()
    place.symlink_to(secret)


def to_folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


def to_pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def to_giant(place: Path) -> None:
    place.unlink()
    with place.open("wb") as file:
        file.truncate(1 << 40)


def to_device(place: Path) -> None:
    place.unlink()
    place.symlink_to("/dev/zero")


BECOMES = [
    pytest.param(to_link, "is a symbolic link", id="a link"),
    pytest.param(to_device, "is a symbolic link", id="a device"),
    pytest.param(to_folder, "holds no Python file", id="a folder"),
    pytest.param(to_pipe, "is not a regular file", id="a pipe", marks=fifos),
    pytest.param(to_giant, "is larger than 2 MiB", id="huge"),
]


def watched(place: Path, *changes: Callable[[Path], None] | None) -> Iterator[Submission | str]:
    """What is seen of a file to which, between looks, these things are done."""
    steps = list(changes)

    def pause(_: float) -> None:
        if not steps:
            raise KeyboardInterrupt
        if change := steps.pop(0):
            change(place)

    with contextlib.suppress(KeyboardInterrupt):
        yield from watching.saved(place, pause)


@pytest.mark.parametrize(("change", "said"), BECOMES)
def test_a_watched_file_that_becomes_something_else_is_told_and_taken_up_again(
    change: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    place = tmp_path / "a.py"
    place.write_text(MODEL)

    def back(place: Path) -> None:
        place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()
        place.write_text(MODEL)

    first, trouble, last = watched(place, None, change, None, None, back, None, None)
    assert isinstance(first, Submission)
    assert isinstance(last, Submission)
    assert isinstance(trouble, str)
    assert said in trouble
    assert first.sha256 == last.sha256


@pytest.mark.parametrize(("change", "said"), BECOMES)
def test_what_takes_a_files_place_just_as_it_is_opened_is_not_read(
    change: Callable[[Path], None], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at what it is and the opening of it."""
    place, changed = tmp_path / "a.py", []
    place.write_text(MODEL)
    look = Path.lstat

    def slow(path: Path) -> os.stat_result:
        found = look(path)
        if path == place and not changed:
            changed.append(path)
            change(place)
        return found

    monkeypatch.setattr(Path, "lstat", slow)
    with pytest.raises(Unreadable, match=r"a\.py"):
        submissions.read(place)
    assert changed


def test_what_is_checked_is_what_was_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a.py"
    place.write_text(MODEL)

    def once(path: Path) -> Iterator[Submission]:
        found = submissions.read(path)
        to_link(path)
        yield found
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "saved", once)
    line = ["check", str(place), "-a", "lab9", "--cases", "2", "--only", "rnn_forward", "--watch"]
    result = CliRunner().invoke(app, line)
    assert result.exit_code == 0, result.output
    assert "its entry point is right" in " ".join(result.output.split())
