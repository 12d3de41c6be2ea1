"""A worker killed from outside costs nobody a point; one that kills itself is told so."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from grading import Grade, entry
from harness.report import Report, Seconds
from harness.undisturbed import ALIKE, MOST, Witness, undisturbed
from harness.worker import isolation
from harness.worker.isolation import Level
from harness.worker.session import Ended, Outcome
from harness.worker.workbench import Exercise, Workbench
from reference_impls import catalogue
from sample_reports import all_right, failing


def killing(monkeypatch: pytest.MonkeyPatch, when: Callable[[int], bool]) -> list[int]:
    """Kill the worker just before some rounds of calls; the list gets the numbers of all rounds."""
    rounds: list[int] = []
    real = Workbench._run

    def run(bench: Workbench, exercises: Sequence[Exercise]) -> list[Outcome]:
        rounds.append(len(rounds))
        if when(rounds[-1]) and bench.session is not None:
            os.kill(bench.session.process.pid, signal.SIGKILL)
        return real(bench, exercises)

    monkeypatch.setattr(Workbench, "_run", run)
    return rounds


@pytest.mark.parametrize("which", [0, 3, 8])
def test_a_worker_killed_from_outside_changes_nothing(
    which: int, grade_source: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = catalogue.source("lab9")
    calm = grade_source(source, "lab9", cases=2)
    assert calm.passed
    rounds = killing(monkeypatch, lambda number: number == which)
    disturbed = grade_source(source, "lab9", cases=2)
    assert len(rounds) > which
    assert replace(disturbed, seconds=Seconds()) == replace(calm, seconds=Seconds())


@pytest.mark.parametrize("level", ["process", "restricted", "full"])
def test_one_that_kills_itself_is_told_after_looking_several_times(level: Level, grade_source: Grade) -> None:
    if reason := isolation.missing(level):
        pytest.skip(f"level {level}: {reason}")
    report = grade_source(
        catalogue.source("lab9") + "\ndef mse_last_step(*_):\n    import os\n    os.kill(os.getpid(), 9)\n",
        "lab9",
        cases=2,
        isolation=level,
    )
    found = entry(report, "mse_last_step")
    assert (found.status, found.points.earned) == ("error", 0.0)


def reports_of(*made: tuple[Report, bool], jailed: bool = False) -> Callable[[], Report]:
    """A grading that gives these, one after the other, with a kill or without."""
    left = list(made)

    def grade() -> Report:
        from harness import undisturbed as module

        report, killed = left.pop(0)
        module._note(Ended("the submission's process was ended by SIGKILL") if killed else None, jailed)
        return report

    return grade


def test_the_first_undisturbed_grading_counts() -> None:
    assert undisturbed(reports_of((failing(), True), (failing(), True), (all_right(), False))) == all_right()


def test_kills_that_look_alike_count_and_others_do_not() -> None:
    assert undisturbed(reports_of(*[(failing(), True)] * ALIKE)) == failing()
    assert undisturbed(reports_of(*[(failing(), True)] * MOST, jailed=True)).status == "grader_fault"
    mixed = [(failing(f"s{number}"), True) for number in range(MOST)]
    assert undisturbed(reports_of(*mixed)).status == "grader_fault"
    assert undisturbed(reports_of(*mixed)).score.earned is None


def test_a_timeout_is_no_kill() -> None:
    from harness import undisturbed as module

    with module._watched() as kills:
        module._note(Ended("it took too long and was ended by SIGKILL", timeout=True))
    assert kills == []
    assert issubclass(Witness, Workbench)
