"""A batch of any size: what the coordinator holds does not grow with what reports say."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.report import Override
from harness.reporting.condensing import condensed
from harness.reporting.hinting import LEVELS, Level
from harness.reporting.terminal import MOST_ROWS
from harness.reporting.write import write_summary
from sample_reports import all_right, every, failing
from test_reporting_formats import table

SUMMARY = ("gradebook.csv", "summary.json", "summary.html")


@pytest.mark.parametrize("level", LEVELS)
def test_gradebook_and_summary_say_the_same_of_condensed_reports(level: Level, tmp_path: Path) -> None:
    decision = Override("rnn_backward", 1.0, 2.5, "Ana", "2026-01-01")
    whole = [*every(), msgspec.structs.replace(failing("s99"), overrides=[decision])]
    small = list(condensed(whole))
    for name, reports in (("whole", whole), ("small", small)):
        write_summary(reports, tmp_path / name, level)
    for file in SUMMARY:
        assert (tmp_path / "whole" / file).read_bytes() == (tmp_path / "small" / file).read_bytes(), file
    assert table(whole) == table(small)


def test_what_is_the_same_in_many_reports_is_held_once() -> None:
    first, second, third = condensed([all_right("s01"), all_right("s02"), failing("s03")])
    assert all(a is b for a, b in zip(first.entry_points, second.entry_points, strict=True))
    assert first.versions is second.versions
    assert third.entry_points != first.entry_points
    assert all(
        check.counterexample is None or not check.counterexample.snippet
        for e in third.entry_points
        for check in e.checks
    )


def test_a_terminal_shows_the_first_rows_of_a_large_class_and_says_so() -> None:
    said = table([all_right(f"s{number:04}") for number in range(MOST_ROWS + 3)])
    assert f"s{MOST_ROWS - 1:04}" in said
    assert f"s{MOST_ROWS:04}" not in said
    assert "… and 3 more, in summary.html" in said
    assert "more, in" not in table([all_right()])
