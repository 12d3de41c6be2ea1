"""Whatever is handed in ends in a report that can be read: random bytes, broken sources, notebooks and archives."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

import mangling
from grading import DEEP
from harness import source
from harness.assignments import registry
from harness.attempts import NoSuchAttempt
from harness.batch import resuming
from harness.batch.discover import Entry, discover
from harness.batch.one import grade_entry
from harness.choosing import choose
from harness.options import Options
from harness.recognising import Unrecognised, recognise
from harness.report import decode, encode
from harness.reporting.gradebook import gradebook_csv
from harness.reporting.write import is_written, write_report
from harness.submission import Unreadable, read

READ = int(os.environ.get("HARNESS_MALFORMED", 10_000 if DEEP else 120))
GRADED = int(os.environ.get("HARNESS_MALFORMED_GRADED", 1500 if DEEP else 6))
EVERY = [a.id for a in registry.every()]


def written(folder: Path, number: int) -> Path:
    """The malformed submission with this number, in a folder of its own."""
    name, data = mangling.made(number)
    folder.mkdir()
    (folder / name).write_bytes(data)
    return folder / name


def outcome(path: Path, number: int) -> str:
    """How far reading gets; only sentences may be raised."""
    try:
        handed_in = read(path)
        assignment = registry.get(EVERY[number % len(EVERY)]) if number % 2 else recognise(handed_in, registry.every())
        choice = choose(handed_in, assignment)
    except (Unreadable, Unrecognised, NoSuchAttempt) as error:
        return type(error).__name__ if str(error).strip() else "refused without a reason"
    for file in choice.submission.files:
        found = source.parse(file.data)
        for entry in assignment.entry_points:
            source.not_attempted(found, entry.function, assignment.skeleton(entry))
            source.line_of(found, entry.function)
    return "chosen"


def test_reading_ends_in_a_submission_or_a_sentence(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for number in range(READ):
        path = written(tmp_path / "in", number)
        try:
            seen[outcome(path, number)] += 1
            resuming.inputs_of(Entry("a", str(path)), Options())
            discover(path.parent)
        except Exception as error:
            raise AssertionError(f"malformed submission {number}: {error!r}") from error
        assert os.listdir(path.parent) == [path.name]
        shutil.rmtree(path.parent)
        assert os.listdir(tmp_path) == []
    assert not seen["refused without a reason"]
    assert min(seen["chosen"], seen["Unreadable"]) > READ // 10, seen


@pytest.mark.parametrize("share", range(4 if DEEP else 1))
def test_grading_ends_in_a_report_that_can_be_written(share: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for number in range(share * GRADED // 4, (share + 1) * GRADED // 4) if DEEP else range(GRADED):
        path = written(tmp_path / "in", number)
        report = grade_entry(
            Entry(f"s{number}", str(path), EVERY[number % 5] if number % 2 else None), Options(cases=1)
        )
        assert report.status in ("graded", "load_error"), f"malformed submission {number}: {report.message}"
        assert decode(encode(report)).submission == report.submission
        write_report(report, out)
        assert is_written(f"s{number}", out)
        assert gradebook_csv([report]).count("\n") == 2
        assert "Traceback (most recent" not in report.message
        assert os.listdir(path.parent) == [path.name]
        shutil.rmtree(path.parent)
        assert os.listdir(tmp_path) == ["out"]
