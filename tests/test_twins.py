"""What was handed in twice is graded once, and nobody's report is another than it would have been."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from harness.batch import keeping, twins
from harness.batch.discover import Entry, discover
from harness.batch.one import grade_entry
from harness.batch.store import Inputs, opened
from harness.options import Options
from harness.report import Report, Seconds

WRONG = "def rnn_forward(x, h0, U, W, V, b, c):\n    return x @ U.T\n"
OPTIONS = Options(cases=4, only=("rnn_forward",))


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Report], list[str], tuple[Entry, ...]]:
    """Reports of a batch by name, the names of those that were really graded, and all entries."""
    for name, file, text in (
        ("ann", "hw.py", WRONG),
        ("bob", "hw.py", WRONG),
        ("cleo", "rnn.py", WRONG),
        ("dan", "hw.py", "def rnn_forward(x:\n"),
        ("eve", "hw.py", "def rnn_forward(x:\n"),
    ):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / file).write_text(text)
    really: list[str] = []

    def in_turn(waiting, options, _, on_done, *__):  # type: ignore[no-untyped-def]
        for entry in waiting:
            really.append(entry.id)
            on_done(grade_entry(entry, options))

    monkeypatch.setattr(keeping, "grade_each", in_turn)
    entries = discover(tmp_path / "in", assignment="lab9").entries
    done: dict[str, Report] = {}
    with opened(tmp_path) as store:
        plan = keeping.planned(store, entries, OPTIONS, "full")
        keeping.graded(store, plan, OPTIONS, 1, lambda report: done.update({report.submission.id: report}))
        assert {v.report.submission.id: v.report for v in store.verdicts()} == done
    return done, really, entries


def test_each_has_the_report_it_would_have_had_alone(graded) -> None:  # type: ignore[no-untyped-def]
    done, really, entries = graded
    assert really.count("ann") + really.count("bob") == 1
    assert "cleo" in really, "a file of another name is named otherwise in its report"
    for entry in entries:
        alone = grade_entry(entry, OPTIONS)
        assert replace(done[entry.id], seconds=Seconds()) == replace(alone, seconds=Seconds())
    assert done["ann"].status == "graded"


def test_what_cannot_be_graded_is_told_of_everybody_by_name(graded) -> None:  # type: ignore[no-untyped-def]
    done, really, _ = graded
    assert {"dan", "eve"} <= set(really)
    assert done["dan"].submission.path.endswith("dan")
    assert done["eve"].submission.path.endswith("eve")


def test_only_what_is_asked_in_the_same_words_is_the_same() -> None:
    entries = [Entry(name, name) for name in "abcde"]
    inputs = dict.fromkeys("ab", Inputs("1", "lab9", "o", "v")) | {"c": Inputs("1", "cs231n", "o", "v")}
    inputs |= dict.fromkeys("de", Inputs("", "lab9", "o", "v"))
    alone, others = twins.split(entries, inputs)
    assert [e.id for e in alone] == ["a", "c", "d", "e"]
    assert {name: [e.id for e in found] for name, found in others.items()} == {"a": ["b"]}
