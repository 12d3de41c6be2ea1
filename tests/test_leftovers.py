"""Whatever is killed while a worker starts, and at whatever moment: nothing of it stays."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading import DEEP
from harness.worker import isolation

ROOT = Path(__file__).resolve().parent.parent
KILLS = 304 if DEEP else 24
VICTIMS = (*("worker", "one of its own") * 3, "zygote", "grader")

GRADER = """
import contextlib, sys
from harness.assignments.contract import Limits
from harness.worker import starting
from harness.worker.session import Session, StartFault
while True:
    with Session({}, "numpy", [], Limits(), "full") as session:
        (zygote,) = starting._zygotes.values()
        print(f"{zygote.process.pid} {session.process.pid}", flush=True)
        with contextlib.suppress(StartFault):
            session.wait_until_ready()
    sys.stdin.readline()
"""
SLOW = """
import os, time
from harness.worker.jail import kernel, namespaces
follow, first = kernel.die_with_parent, os.getpid()
def late():
    os.write(1, (os.readlink("/proc/self") + chr(10)).encode())  # at once: another one writes too
    while parent() == first:
        time.sleep(0.001)
    follow()
def parent():
    return int(open("/proc/self/stat").read().rpartition(")")[2].split()[1])
kernel.die_with_parent = late
namespaces.enter(namespaces.Room("", "", [], []), 0, 0, 0, os.open(os.devnull, os.O_RDONLY))
"""
"""Enters new namespaces so slowly that the old process has ended before a new one can ask to end with it."""


@pytest.fixture(autouse=True)
def _full() -> None:
    if reason := isolation.missing("full"):
        pytest.skip(reason)


def test_nothing_stays_when_anything_is_killed_while_workers_start() -> None:
    draw, sessions, killed = random.Random(1), set[int](), Counter[str]()
    while killed.total() < KILLS:
        with _started(GRADER) as grader:
            for victim in VICTIMS:
                zygote, worker = map(int, _line(grader).split())
                sessions |= {zygote, worker}
                time.sleep(draw.choice([0.03, 0.004]) * draw.random())
                own = [number for number, session in _sessions().items() if session == worker]
                found = {"worker": worker, "zygote": zygote, "grader": grader.pid}
                killed[victim] += _kill(found.get(victim) or draw.choice([worker, *own]))
                if victim != "grader":
                    _ask(grader)
    _wait_for_the_end_of({number for number, session in _sessions().items() if session in sessions})


def test_a_jail_whose_maker_has_ended_before_it_could_be_followed_ends() -> None:
    with _started(SLOW) as maker:
        numbers = {int(_line(maker)), int(_line(maker))}
        maker.kill()
        maker.wait()
        _wait_for_the_end_of(numbers)


@contextlib.contextmanager
def _started(program: str) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended at last, whatever goes wrong."""
    line = [sys.executable, "-c", program]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _ask(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _kill(number: int) -> bool:
    """Whether it was there to be killed."""
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _sessions() -> dict[int, int]:
    """Every process that has not ended, and the leader of its session."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session, *_ = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if state not in "ZX":
            found[int(place.name)] = int(session)
    return found


def _wait_for_the_end_of(numbers: set[int]) -> None:
    """Processes of this test's; those that stay are ended here."""
    deadline = time.monotonic() + 20
    while numbers & _sessions().keys() and time.monotonic() < deadline:
        time.sleep(0.01)
    left = numbers & _sessions().keys()
    for number in left:
        _kill(number)
    assert not left
