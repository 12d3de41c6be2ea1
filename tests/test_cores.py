"""As many graders as can be kept busy: a container with two cores' time on a machine of sixty-four gets two."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from harness.batch import cores
from harness.commands import asking
from harness.worker import cgroup


@pytest.mark.parametrize(
    ("files", "allowed"),
    [
        ({"cpu.max": "max 100000\n"}, math.inf),
        ({"cpu.max": "200000 100000\n"}, 2.0),
        ({"cpu.max": "50000 100000\n"}, 0.5),
        ({"cpu.max": "150000\n"}, math.inf),
        ({"cpu.max": "nonsense"}, math.inf),
        ({"cpu.max": "1 0"}, math.inf),
        ({"cpu.cfs_quota_us": "-1\n", "cpu.cfs_period_us": "100000\n"}, math.inf),
        ({"cpu.cfs_quota_us": "300000\n", "cpu.cfs_period_us": "100000\n"}, 3.0),
        ({"cpu.cfs_quota_us": "300000\n"}, math.inf),
        ({}, math.inf),
    ],
)
def test_what_a_control_group_allows(files: dict[str, str], allowed: float, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert cores.share([tmp_path, tmp_path / "not there"]) == allowed


def test_the_least_of_all_groups_counts(tmp_path: Path) -> None:
    for name, text in (("outer", "100000 100000"), ("inner", "400000 100000")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cpu.max").write_text(text)
    assert cores.share([tmp_path / "outer", tmp_path / "inner"]) == 1.0


@pytest.mark.parametrize(("allowed", "jobs"), [("max", 64), ("150000", 2), ("200000", 2), ("1000", 1), ("9000000", 64)])
def test_graders_are_as_many_as_the_container_keeps_busy(
    allowed: str, jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpu.max").write_text(f"{allowed} 100000")
    monkeypatch.setattr(cores, "TOP", tmp_path)
    monkeypatch.setattr(cores, "usable", lambda: list(range(64)))
    monkeypatch.setattr(cgroup, "own", lambda: tmp_path / "of" / "mine")
    assert asking.cores() == jobs


def test_where_no_group_is_found_every_core_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise cgroup.Unavailable("there is no cgroup v2 here")

    monkeypatch.setattr(cores, "TOP", tmp_path)
    monkeypatch.setattr(cgroup, "own", none)
    assert asking.cores() == (len(cores.usable()) or os.cpu_count())
