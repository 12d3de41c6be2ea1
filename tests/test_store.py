"""Nothing is lost: verdicts survive any death, are taken up again, and what a person decides stays."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.batch import resuming
from harness.batch.store import NAME, Inputs, Store, StoreTrouble, Verdict, opened
from harness.cli import app
from harness.report import Override
from reference_impls import catalogue
from sample_reports import all_right, failing, grader_fault

INPUTS = Inputs(failing().submission.sha256, "cs231n", "options", "versions")
MODEL = catalogue.source("lab9")


pytestmark = pytest.mark.usefixtures("one_process")


def invoke(*arguments: object) -> tuple[int, str]:
    """Exit code and everything printed."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    return result.exit_code, result.output


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Two small submissions, one of them empty."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.py").write_text("def mse_last_step(x, y_true, h0, U, W, V, b, c):\n    raise NotImplementedError\n")
    (folder / "b.py").write_text("def rnn_forward(x, h0, U, W, V, b, c):\n    return x @ U.T\n")
    return folder


def grade(inbox: Path, *more: object) -> str:
    """What `harness grade` prints; it has to end well."""
    code, printed = invoke(
        "grade", inbox, "-a", "lab9", "--cases", 4, "--jobs", 1, "--out", inbox.parent / "out", *more
    )
    assert code == 0, printed
    return printed


def test_what_was_finished_is_there_for_the_next_process(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.begin("s02")
        store.begin("s03")
        store.finish(INPUTS, failing("s02"))
    with opened(tmp_path) as store:
        assert store.verdict("s02") == Verdict(INPUTS, failing("s02"))
        assert store.interrupted() == ["s03"]


def test_a_second_batch_in_the_same_folder_is_told(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from harness.batch.store import StoreTrouble, opened\n"
        "try:\n    opened(Path(sys.argv[1])).__enter__()\nexcept StoreTrouble as trouble: print(trouble)\n"
    )
    with opened(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
        )
    assert "another batch is writing" in done.stdout


@pytest.mark.parametrize("damage", ["no database at all, but long enough to look at" * 9, "cut"])
def test_a_damaged_store_is_said_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    with opened(tmp_path) as store:
        for number in range(40):
            store.finish(INPUTS, failing(f"s{number:02}"))
    path = tmp_path / NAME
    data = path.read_bytes()[: 3 * 4096 + 100] if damage == "cut" else damage.encode()
    path.write_bytes(data)
    with pytest.raises(StoreTrouble, match="is damaged"), opened(tmp_path):
        pass
    assert path.read_bytes()[:4096] == data[:4096]


def test_a_store_of_another_version_is_not_guessed_at(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreTrouble, match="version 99"), opened(tmp_path):
        pass


def test_a_folder_without_a_store_is_a_sentence(tmp_path: Path) -> None:
    code, printed = invoke("report", tmp_path)
    assert code == 3
    assert "is not there" in printed


def test_what_has_not_changed_is_not_graded_again(inbox: Path) -> None:
    grade(inbox)
    book = (inbox.parent / "out" / "gradebook.csv").read_bytes()
    (inbox.parent / "out" / "a" / "report.html").unlink()
    assert "2 submissions have not changed" in grade(inbox)
    assert (inbox.parent / "out" / "gradebook.csv").read_bytes() == book
    assert (inbox.parent / "out" / "a" / "report.html").is_file()


def test_what_changed_is_graded_again_and_the_difference_told(inbox: Path) -> None:
    grade(inbox)
    (inbox / "a.py").write_text(MODEL)
    printed = grade(inbox)
    assert "1 submission has not changed" in printed
    assert "Changed: a: 0 of 10 → 10 of 10, rnn_forward missing → pass" in printed
    assert "(the submission changed)" in printed


def test_other_options_and_fresh_grade_everything_again(inbox: Path) -> None:
    grade(inbox)
    assert "not changed" not in grade(inbox, "--seed", "another")
    assert "not changed" not in grade(inbox, "--seed", "another", "--fresh")


def test_a_fault_of_the_grader_is_tried_again(tmp_path: Path) -> None:
    assert resuming.holds(Verdict(INPUTS, all_right("right")), INPUTS)
    assert not resuming.holds(Verdict(INPUTS, grader_fault("fault")), INPUTS)


def test_points_set_by_hand_stay_and_are_told(inbox: Path) -> None:
    out = inbox.parent / "out"
    grade(inbox)
    code, printed = invoke("override", "b", "rnn_forward", 1.5, "--comment", "shape only", "--by", "Ana", "--out", out)
    assert code == 0, printed
    assert "not changed" in grade(inbox)
    assert "b,lab9,graded,1.5,10,1.5," in (out / "gradebook.csv").read_text()
    for name in ("report.md", "report.html", "report.json"):
        text = (out / "b" / name).read_text()
        assert "Ana" in text, name
        assert "shape only" in text, name
    code, _ = invoke("override", "b", "rnn_forward", "--withdraw", "--out", out)
    assert code == 0
    assert "b,lab9,graded,0,10,0," in (out / "gradebook.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nobody", "rnn_forward", 1), "no submission is called 'nobody' here; known are a, b"),
        (("b", "rnn_stride", 1), "has no entry point 'rnn_stride'"),
        (("b", "rnn_forward", 7), "is worth 2.5 points; 7 is more"),
        (("b", "rnn_forward"), "POINTS is missing"),
        (("b", "rnn_forward", "--withdraw"), "nobody has set the points"),
    ],
)
def test_a_decision_that_cannot_be_is_a_sentence(tmp_path: Path, arguments: tuple[object, ...], says: str) -> None:
    with opened(tmp_path) as store:
        for name in ("a", "b"):
            store.finish(INPUTS, failing(name))
    code, printed = invoke("override", *arguments, "--out", tmp_path)
    assert code == 2
    assert says in printed


def test_a_decision_about_what_is_gone_counts_for_nothing_and_is_told() -> None:
    from harness.batch.overriding import applied, stale
    from harness.reporting.gradebook import gradebook_csv

    gone = Override("rnn_step", 1.0, 2.0, "Ana", "2026-01-01")
    report = applied(failing(), [gone])
    assert (report.score, report.entry_points) == (failing().score, failing().entry_points)
    assert stale([report]) == ["s02: rnn_step, 1 points set by Ana on 2026-01-01"]
    assert "has no such entry point" in gradebook_csv([report])


def test_a_folder_that_cannot_be_written_is_a_sentence(inbox: Path) -> None:
    out = inbox.parent / "out"
    out.mkdir()
    (out / NAME).mkdir()  # a folder where the file should be: as unwritable as can be, for root too
    code, printed = invoke("grade", inbox, "-a", "lab9", "--out", out)
    assert code == 3
    assert "cannot be written" in printed


def test_a_store_can_be_started_over_without_losing_decisions(tmp_path: Path) -> None:
    decision = Override("rnn_backward", 1.0, 2.5, "Ana", "2026-01-01")
    with opened(tmp_path) as store:
        assert isinstance(store, Store)
        store.finish(INPUTS, failing("s02"))
        store.override("s02", decision)
        store.forget()
        assert store.graded() == []
        assert store.verdict("s02") is None
        assert store.overrides() == {"s02": [decision]}
