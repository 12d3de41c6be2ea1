"""The stopwatch counts every second once, for the innermost phase; and the parts of a report make up its total."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness import stopwatch
from harness.cli import app
from harness.oracles import bank
from harness.report import decode
from harness.reporting.profile import PARTS
from reference_impls import catalogue


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which only a test moves."""
    now = [0.0]
    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(stopwatch, "_since", 0.0)
    stopwatch.start()
    return now


def test_a_second_counts_for_the_innermost_phase_alone(clock: list[float]) -> None:
    clock[0] += 1
    with stopwatch.phase("oracle"):
        clock[0] += 2
        with stopwatch.phase("student"):
            clock[0] += 4
        clock[0] += 8
    clock[0] += 16
    assert stopwatch.spent() == {stopwatch.REST: 17.0, "oracle": 10.0, "student": 4.0}


def test_an_exception_ends_its_phase(clock: list[float]) -> None:
    @stopwatch.phase("oracle")
    def fails() -> None:
        clock[0] += 1
        raise ValueError("trouble")

    with pytest.raises(ValueError, match="trouble"):
        fails()
    clock[0] += 2
    assert stopwatch.spent() == {"oracle": 1.0, stopwatch.REST: 2.0}
    stopwatch.start()
    assert sum(stopwatch.spent().values()) == 0.0


def test_the_parts_of_a_report_make_up_its_total(tmp_path: Path) -> None:
    bank.truths.cache_clear()  # or no time would go there
    path = tmp_path / "lab.py"
    path.write_text(catalogue.source("lab9").replace("slope = 2 * error", "slope = 2 * error + 1"))
    command = ["check", str(path), "-a", "lab9", "--cases", "8", "--profile", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1
    seconds = decode((tmp_path / "lab" / "report.json").read_bytes()).seconds
    parts = {name: getattr(seconds, name) for name in PARTS}
    assert all(value > 0 for value in parts.values()), parts
    assert sum(parts.values()) == pytest.approx(seconds.total)
    for words in PARTS.values():
        assert words in result.output
