"""Everything that can go wrong with a folder of reports ends in a sentence, and never in a wrong or lost grade."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from grading import DEEP
from harness.batch import keeping, resuming
from harness.batch.discover import Entry
from harness.batch.store import NAME, Inputs, Store, StoreTrouble, Verdict, opened
from harness.cli import app
from harness.options import Options
from harness.report import Override, Points, Report
from sample_reports import all_right, failing

INPUTS = Inputs(failing().submission.sha256, "cs231n", "options", "versions")
DECISION = Override("rnn_backward", 1.0, 2.5, "Ana", "2026-01-01", of=INPUTS.content)
NAMES = [f"s{number:02}" for number in range(12)]


pytestmark = pytest.mark.usefixtures("one_process")


def invoke(*arguments: object) -> tuple[int, str]:
    """Exit code and everything printed."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def filled(folder: Path, names: list[str] = NAMES) -> None:
    """A store with a finished batch and a decision."""
    with opened(folder) as store:
        store.start(names, "full")
        for name in names:
            store.finish(INPUTS, failing(name))
        store.override("s03", DECISION)


def known(folder: Path) -> tuple[dict[str, Report], dict[str, list[Override]], list[str]]:
    """All that a store says."""
    with opened(folder) as store:
        return {v.report.submission.id: v.report for v in store.verdicts()}, store.overrides(), store.batch()


def test_flipped_bytes_are_a_sentence_or_change_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    before, path, draw = known(tmp_path), tmp_path / NAME, random.Random(58)
    whole, told = path.read_bytes(), 0
    for number in range(5000 if DEEP else 100):
        data = bytearray(whole)
        for _ in range(draw.choice((1, 1, 1, 5, 50))):
            data[draw.randrange(100 if number % 4 == 0 else len(data))] ^= 1 << draw.randrange(8)
        path.write_bytes(data)
        found = said_or_told(tmp_path)
        assert found == before or (isinstance(found, str) and NAME in found)
        told += isinstance(found, str)
        for log in tmp_path.glob(f"{NAME}-*"):
            log.unlink()
    assert told > 50


def said_or_told(folder: Path) -> object:
    """All that a store says, or the sentence about why it cannot be used."""
    try:
        return known(folder)
    except StoreTrouble as trouble:
        return str(trouble)


def test_a_grade_changed_behind_our_back_is_seen(tmp_path: Path) -> None:
    """A flip inside a stored report, where SQLite's own check sees nothing."""
    filled(tmp_path)
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes().replace(b'"earned": 0.625', b'"earned": 2.625', 1))
    with pytest.raises(StoreTrouble, match="a verdict is not as it was written"), opened(tmp_path):
        pass


@pytest.mark.parametrize("table", ["verdicts", "overrides", "batch", "settings"])
def test_a_row_that_has_gone_is_missed(table: str, tmp_path: Path) -> None:
    filled(tmp_path)
    connection = sqlite3.connect(tmp_path / NAME)
    with connection:
        connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")
    connection.close()
    with pytest.raises(StoreTrouble, match="is missing"), opened(tmp_path):
        pass


def test_a_log_cut_short_by_a_death_loses_only_its_end(tmp_path: Path) -> None:
    """Of a batch killed while it wrote, whatever is left of SQLite's log is a batch killed a little earlier."""
    live, dead = tmp_path / "live", tmp_path / "dead"
    live.mkdir()
    draw = random.Random(1)
    with opened(live) as store:
        store.start(NAMES, "full")
        for name in NAMES:
            store.finish(INPUTS, failing(name))
        whole = {path.name: path.read_bytes() for path in live.iterdir()}
    log = f"{NAME}-wal"
    assert len(whole[log]) > 4096
    for _ in range(200 if DEEP else 20):
        shutil.rmtree(dead, ignore_errors=True)
        dead.mkdir()
        (dead / NAME).write_bytes(whole[NAME])
        (dead / log).write_bytes(whole[log][: draw.randrange(len(whole[log]))])
        found = list(known(dead)[0])
        assert found == NAMES[: len(found)]


def test_a_store_taken_away_while_in_use_is_told_at_the_next_verdict(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with opened(out) as store:
        store.finish(INPUTS, failing("s01"))
        shutil.rmtree(out)
        with pytest.raises(StoreTrouble, match="was removed or replaced"):
            store.finish(INPUTS, failing("s02"))


def test_a_report_taken_away_while_the_batch_runs_is_there_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, out = small_inbox(tmp_path), tmp_path / "out"
    real = keeping.graded

    def deleting(store: Store, *rest: object, **more: object) -> list[str]:
        changed = real(store, *rest, **more)  # type: ignore[arg-type]
        shutil.rmtree(out / "a")
        return changed

    monkeypatch.setattr(keeping, "graded", deleting)
    code, printed = grade(inbox, out)
    assert code == 0, printed
    assert (out / "a" / "report.html").is_file()


def small_inbox(tmp_path: Path) -> Path:
    """Two submissions that are quickly graded."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("a", "b"):
        (inbox / f"{name}.py").write_text("def rnn_forward(x, h0, U, W, V, b, c):\n    raise NotImplementedError\n")
    return inbox


def grade(inbox: Path, out: Path, *more: object) -> tuple[int, str]:
    """A small batch."""
    return invoke("grade", inbox, "-a", "lab9", "--cases", 1, "--jobs", 1, "--out", out, *more)


def test_a_submission_that_is_gone_leaves_the_gradebook_and_not_the_store(tmp_path: Path) -> None:
    inbox, out = small_inbox(tmp_path), tmp_path / "out"
    grade(inbox, out)
    taken = (inbox / "a.py").read_text()
    (inbox / "a.py").unlink()
    assert grade(inbox, out)[0] == 0
    for command in ((), ("report", out), ("override", "b", "rnn_forward", 1, "--out", out)):
        if command:
            assert invoke(*command)[0] == 0
        book = (out / "gradebook.csv").read_text()
        assert "\nb," in book
        assert "\na," not in book
        assert '"a"' not in (out / "summary.json").read_text()
    assert "a" in known(out)[0]
    (inbox / "a.py").write_text(taken)
    assert "2 submissions have not changed" in grade(inbox, out)[1]


def test_reports_made_again_are_the_same_and_give_away_no_more(tmp_path: Path) -> None:
    inbox, out = small_inbox(tmp_path), tmp_path / "out"
    (inbox / "b.py").write_text("def rnn_forward(x, h0, U, W, V, b, c):\n    return x @ U.T, x @ U.T\n")
    grade(inbox, out, "--hints", "none")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and path.name != NAME}
    for path in before:
        path.unlink()
    assert invoke("report", out)[0] == 0
    assert {path: path.read_bytes() for path in before} == before


def test_a_batch_that_was_stopped_is_told_when_its_reports_are_made(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.start(["s02", "s01"], "full")
        store.finish(INPUTS, failing("s02"))
    code, printed = invoke("report", tmp_path)
    assert code == 0
    assert "Not graded yet, and not in the gradebook: s01" in printed


def test_a_gradebook_made_again_keeps_the_order_of_the_batch(tmp_path: Path) -> None:
    filled(tmp_path, ["s10", "s03", "a/s1"])
    with opened(tmp_path) as store:
        assert [r.submission.id for r in keeping.rebuilt(store)] == ["s10", "s03", "a/s1"]


def test_a_decision_about_what_was_handed_in_before_is_pointed_at(tmp_path: Path) -> None:
    inbox, out = small_inbox(tmp_path), tmp_path / "out"
    grade(inbox, out)
    invoke("override", "a", "rnn_forward", 1, "--by", "Ana", "--out", out)
    assert "look again" not in grade(inbox, out)[1]
    (inbox / "a.py").write_text("def rnn_forward(x, h0, U, W, V, b, c):\n    return 1\n")
    assert "Set by hand for what was handed in before; look again: a: rnn_forward" in grade(inbox, out)[1]
    assert "1 points set by Ana" in (out / "a" / "report.md").read_text()
    assert "the submission has changed since" in (out / "gradebook.csv").read_text()


def test_what_changed_while_it_waited_its_turn_is_graded_again() -> None:
    """The hash was taken when the batch began; the report is about what was there when its turn came."""
    about_another = replace(INPUTS, content="what was there before")
    assert not resuming.holds(Verdict(about_another, failing("s02")), about_another)
    assert resuming.holds(Verdict(INPUTS, failing("s03")), INPUTS)


def test_grading_everything_again_says_what_came_out_differently(tmp_path: Path) -> None:
    inbox, out = small_inbox(tmp_path), tmp_path / "out"
    grade(inbox, out)
    with opened(out) as store:
        verdict = store.verdict("a")
        assert verdict
        store.finish(verdict.inputs, replace(verdict.report, score=Points(7.0, 10.0)))
    code, printed = grade(inbox, out, "--fresh")
    assert code == 0
    assert "Changed: a: 7 of 10 → 0 of 10 (graded again)" in printed


def test_a_newer_harness_grades_again_and_an_older_file_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, out = small_inbox(tmp_path), tmp_path / "out"
    grade(inbox, out)
    book = (out / "gradebook.csv").read_bytes()
    monkeypatch.setattr(resuming, "versions", lambda: {"harness": "the next one"})
    assert "not changed" not in grade(inbox, out)[1]
    assert (out / "gradebook.csv").read_bytes() == book
    for version in (1, 3):
        connection = sqlite3.connect(out / NAME)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        code, printed = grade(inbox, out)
        assert code == 3
        assert f"is of version {version}" in printed
        assert (out / "gradebook.csv").read_bytes() == book


def test_a_submission_that_breaks_the_reader_does_not_stop_the_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RecursionError("deep")

    monkeypatch.setattr(resuming, "read_entry", broken)
    (tmp_path / "a.py").write_text("x = 1")
    assert resuming.inputs_of(Entry("a", str(tmp_path / "a.py")), Options()).content == ""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of our own, 400 KiB large."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting a small disk takes root")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", place], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_a_sentence_and_what_was_graded_is_kept(disk: Path) -> None:
    kept: list[str] = []
    with pytest.raises(StoreTrouble, match="cannot be written"), opened(disk) as store:  # noqa: PT012 - until it is full
        for number in range(10_000):
            store.finish(INPUTS, failing(f"s{number:05}"))
            kept.append(f"s{number:05}")
    assert len(kept) > 5
    subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
    with opened(disk) as store:
        assert store.graded() == kept
        store.finish(INPUTS, failing("one more"))


def test_a_batch_on_a_full_disk_stops_and_goes_on_when_there_is_room(disk: Path, tmp_path: Path) -> None:
    inbox, out = small_inbox(tmp_path), disk / "out"
    calm = tmp_path / "calm"
    grade(inbox, calm)
    filler = disk / "filler"
    for left in (0, 40_000, 150_000):
        filler.write_bytes(b"x" * (free(disk) - left if free(disk) > left else 0))
        code, printed = grade(inbox, out)
        assert code in (2, 3), printed
        assert "No space left" in printed or "full" in printed
        filler.unlink()
    assert grade(inbox, out)[0] == 0
    assert (out / "gradebook.csv").read_bytes() == (calm / "gradebook.csv").read_bytes()


def free(disk: Path) -> int:
    """Bytes that still fit."""
    found = os.statvfs(disk)
    return found.f_bavail * found.f_bsize


def test_a_folder_that_can_only_be_read_is_a_sentence(disk: Path, tmp_path: Path) -> None:
    inbox, out = small_inbox(tmp_path), disk / "out"
    subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
    grade(inbox, out)
    book = (out / "gradebook.csv").read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    for command in (
        ("grade", inbox, "-a", "lab9", "--out", out),
        ("report", out),
        ("override", "a", "rnn_forward", 1, "--out", out),
        ("grade", inbox, "-a", "lab9", "--out", disk / "new"),
    ):
        code, printed = invoke(*command)
        assert code in (2, 3), printed
        assert "Traceback" not in printed
        assert "writ" in printed or "Read-only" in printed
    assert (out / "gradebook.csv").read_bytes() == book


def test_a_file_system_without_a_log_of_its_own_will_do(tmp_path: Path) -> None:
    """SQLite's older journal is used where the newer one cannot be."""
    connection = sqlite3.connect(tmp_path / NAME)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    program = (
        "import sqlite3, sys; from pathlib import Path\n"
        "import harness.batch.store as s\n"
        "class Without(sqlite3.Connection):\n"
        "    def execute(self, q, *a):\n"
        "        return super().execute('SELECT 1' if 'journal_mode' in q else q, *a)\n"
        "real = sqlite3.connect\n"
        "s.sqlite3.connect = lambda *a, **k: real(*a, factory=Without, **k)\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "import test_store_trouble as t\n"
        "with s.opened(Path(sys.argv[1])) as store:\n"
        "    store.finish(t.INPUTS, t.failing('s01'))\n"
        "    assert not list(Path(sys.argv[1]).glob('*-wal'))\n"
        "    import os; os.kill(os.getpid(), 9)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), str(Path(__file__).parent)],
        check=False,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
    )
    assert ran.returncode == -9, ran.stderr
    assert list(known(tmp_path)[0]) == ["s01"]


def test_everything_right_stays_right(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.finish(INPUTS, all_right())
    assert known(tmp_path)[0] == {"s01": all_right()}
