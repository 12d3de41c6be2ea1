"""Processes of a batch are killed, at random and at random times; the gradebook comes out the same to the last byte."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from grading import DEEP
from harness.report import Report, Seconds, decode
from harness.worker import isolation
from reference_impls import catalogue

KILLS = int(os.environ.get("HARNESS_KILLS", 200 if DEEP else 3))
MODEL = catalogue.source("lab9")
SUBMISSIONS = {
    "right": MODEL,
    "wrong": MODEL.replace("np.tanh", "np.sin"),
    "raises": MODEL + "\ndef mse_last_step(*_):\n    raise ValueError('no')\n",
    "empty": "def rnn_forward(x, h0, U, W, V, b, c):\n    raise NotImplementedError\n",
    "broken": "def rnn_forward(:\n",
    "slow": "import time\ntime.sleep(0.5)\n" + MODEL,
}
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finding processes takes /proc")


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """Grades a few small submissions; the folder for reports is to follow."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, source in SUBMISSIONS.items():
        (inbox / f"{name}.py").write_text(source)
    program = [sys.executable, "-m", "harness", "grade", str(inbox), "-a", "lab9", "--cases", "2", "--jobs", "2", "-q"]
    return [*program, "--out"]


def test_killing_anything_at_any_time_changes_no_grade(command: list[str], tmp_path: Path) -> None:
    calm, out = tmp_path / "calm", tmp_path / "killed"
    subprocess.run([*command, calm], check=True, stdout=subprocess.DEVNULL)
    draw, kills, complete = random.Random(2), Counter[str](), False
    while kills.total() < KILLS:
        fresh = ["--fresh"] if complete else []
        batch = subprocess.Popen([*command, out, *fresh], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while batch.poll() is None and kills.total() < KILLS:
            time.sleep(draw.uniform(0.0, 0.5))
            kills[kill_one(batch.pid, draw)] += 1
            del kills[""]
        said = batch.communicate()[1].decode()
        no_jail = batch.returncode == 2 and isolation.KILLED in said  # kills fell on the trial and on the next: told
        assert no_jail or batch.returncode in (0, -signal.SIGKILL), said
        complete = batch.returncode == 0
        if complete:
            assert disturbed(out, calm) == [], kills
    subprocess.run([*command, out], check=True, stdout=subprocess.DEVNULL)
    assert (out / "gradebook.csv").read_bytes() == (calm / "gradebook.csv").read_bytes(), kills
    assert reports(out) == reports(calm), kills
    print(f"\n{kills.total()} kills: {dict(kills)}")  # noqa: T201 - what a deep run is for


def kill_one(coordinator: int, draw: random.Random) -> str:
    """Kill one process of a batch, of a kind drawn first; which kind, or nothing."""
    kinds: dict[str, list[int]] = {"coordinator": [coordinator], "grader": [], "worker": [], "other": []}
    for number in below(coordinator):
        words = said_of(number, "cmdline").replace("\0", " ")
        known = {"worker": "inside/main.py", "grader": "spawn_main"}
        kinds[next((kind for kind, word in known.items() if word in words), "other")].append(number)
    if not kinds["worker"] and draw.random() < 0.99:  # it has hardly begun, or has nearly ended
        return ""
    weights = {"coordinator": 1, "grader": 1, "worker": 3, "other": 1}
    kind = draw.choice([kind for kind, weight in weights.items() if kinds[kind] for _ in range(weight)])
    try:
        os.kill(draw.choice(kinds[kind]), signal.SIGKILL)
    except ProcessLookupError:
        return ""
    return kind


def below(ancestor: int) -> list[int]:
    """Processes that a process has started, and those that they have."""
    parents = {}
    for place in Path("/proc").iterdir():
        fields = said_of(int(place.name), "stat").rpartition(")")[2].split() if place.name.isdigit() else []
        if fields and fields[0] != "Z":
            parents[int(place.name)] = int(fields[1])
    found = [ancestor]
    for number in found:
        found += [child for child, parent in parents.items() if parent == number]
    return found[1:]


def said_of(process: int, what: str) -> str:
    """What the system tells of a process; nothing of one that has just ended."""
    try:
        return Path(f"/proc/{process}/{what}").read_text(errors="replace")
    except OSError:
        return ""


def disturbed(out: Path, calm: Path) -> list[str]:
    """Rows that are another grade than without kills, or none; that the grader died twice is no grade."""
    found, right = rows(out), rows(calm)
    return [name for name in right if found.get(name) != right[name] and found.get(name, [""] * 3)[2] != "grader_fault"]


def rows(folder: Path) -> dict[str, list[str]]:
    with (folder / "gradebook.csv").open() as file:
        return {row[0]: row for row in csv.reader(file)}


def reports(folder: Path) -> dict[str, Report]:
    """Every report, without the time it took."""
    found = {path.parent.name: decode(path.read_bytes()) for path in folder.glob("*/report.json")}
    return {name: msgspec.structs.replace(report, seconds=Seconds()) for name, report in found.items()}
