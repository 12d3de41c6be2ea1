"""Hostile submissions: none reaches anything outside, none changes a grade but its own by being right."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from attacks import attacking
from attacks.attacking import ATTACKS
from grading import DEEP
from harness.batch.discover import Entry
from harness.batch.run import grade_all
from harness.options import Options
from harness.report import Report, encode
from harness.reporting.write import write_report, write_summary
from harness.rubric import Rubric
from harness.worker import isolation
from harness.worker.isolation import Level

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LEVELS: tuple[Level, ...] = ("full", "restricted")


def _demand(level: Level) -> None:
    if reason := isolation.missing(level):
        pytest.skip(f"level {level}: {reason}")


@pytest.mark.parametrize("level", LEVELS)
def test_no_attack_escapes(level: Level, tmp_path: Path) -> None:
    _demand(level)
    done = list(attacking.attempts(level, list(ATTACKS), tmp_path))
    assert {a.name for a in done} == {*ATTACKS, "afterwards"}
    assert [a for a in done if a.escaped] == []


@pytest.mark.parametrize("level", LEVELS)
def test_no_attack_escapes_where_the_grader_is_not_root(level: Level) -> None:
    if os.geteuid() != 0:
        pytest.skip("this is not root already")
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, HERE / "another_user.py", level],
        env={"PYTHONPATH": paths, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    for reason in ("Refused", "Unavailable", "StartFault", "PermissionError"):
        if reason in done.stderr:
            pytest.skip(f"level {level} as another user: {done.stderr[-300:]}")
    found = json.loads(done.stdout)
    assert len(found) == len(ATTACKS) + 1
    assert [a for a in found if a["gained"] or a["harm"]] == []


STOPPED_WITHOUT_A_JAIL = {
    *("hunt_in_frames", "hunt_in_memory", "import_what_knows_an_answer", "open_many_files", "have_another_worker_made"),
}
"""The process wall alone, or its limits, stop these."""
UNSURE = {
    *(
        "leave_its_control_group",
        "leave_a_session",
        "open_a_socket_by_another_interface",
        "outlive_with_a_thread",
        "raise_its_own_limits",
    ),
    *("become_another_user", "change_the_root", "leave_the_namespaces", "enter_other_namespaces", "make_a_device"),
    *(
        "read_a_file_by_its_handle",
        "change_the_owner",
        "change_attributes",
        "trace_another_process",
        "work_through_a_ring",
    ),
    *("read_another_process_memory", "read_the_graders_memory", "read_memory_across_processes", "take_a_descriptor"),
    *("read_its_parents_memory", "write_its_parents_memory", "trace_its_parent"),
    *("read_a_file_through_another_process", "fork_by_clone3", "fork_by_system_call", "read_an_inherited_descriptor"),
    *("lift_the_filter", "watch_the_kernel", "read_a_file_by_system_call", "signal_by_a_descriptor"),
}
"""What they do without a jail depends on the machine, or on who runs them."""
LASTING = {
    *("mount", "change_the_kernel", "change_the_standard_library", "change_permissions_of_an_open_file"),
    *("keep_a_key", "share_memory", "queue_messages", "load_into_the_kernel"),
}
"""They would leave their mark on this machine."""
SAMPLE = (
    *("read_a_file", "read_another_process_environment", "write_a_file", "change_permissions", "make_a_socket"),
    *(
        "connect_by_tcp",
        "send_by_udp",
        "connect_to_a_unix_socket",
        "connect_to_an_abstract_socket",
        "listen_for_others",
    ),
    *("send_from_a_pair_of_sockets", "fork", "run_a_program", "signal_by_a_pipe", "signal_its_parent"),
)


def test_the_attacks_succeed_where_no_layer_stops_them(tmp_path: Path) -> None:
    done = list(attacking.attempts("process", SAMPLE, tmp_path))
    assert [a for a in done if not a.escaped and a.name in SAMPLE] == []


@pytest.mark.skipif(not DEEP, reason="nightly: a worker for each attack")
@pytest.mark.parametrize("name", sorted({*ATTACKS} - STOPPED_WITHOUT_A_JAIL - UNSURE - LASTING - {*SAMPLE}))
def test_every_attack_succeeds_where_no_layer_stops_it(name: str, tmp_path: Path) -> None:
    assert any(a.escaped for a in attacking.attempts("process", [name], tmp_path))


RIGHT = (ROOT / "reference_impls" / "cs231n" / "model.py").read_text()
WRONG = RIGHT.replace("np.tanh(", "np.sin(")
LAST = """

_right = rnn_step_forward


def rnn_step_forward(*arguments):
    strike() if "strike" in globals() else None
    return instead(*arguments) if "instead" in globals() else _right(*arguments)
"""
HURTLESS = {"floods_stdout", "floods_stderr", "hooks_the_audit"}
SLOW = {"stops_its_own_process", "closes_the_channel", "exits_from_a_thread", "exits_from_a_signal"}
BOUNDS = {"cpu_call": 1.0, "wall_call": 4.0, "memory": float(1 << 29)}
OPTIONS = Options(cases=6, only=("rnn_step_forward",), rubric=Rubric(limits=BOUNDS))


def _inbox(folder: Path) -> list[Entry]:
    """Every attack of the batch, with right and wrong submissions in between."""
    entries = []
    for number, path in enumerate(sorted((HERE / "batch").glob("*.py"))):
        if not DEEP and path.stem in SLOW:
            continue
        target = folder / path.stem
        target.mkdir(parents=True)
        (target / "rnn_layers.py").write_text(RIGHT + "\n\n" + path.read_text() + LAST)
        entries.append(Entry(path.stem, str(target), "cs231n"))
        if number % 8 == 0:
            entries += [_plain(folder, f"right{number}", RIGHT), _plain(folder, f"wrong{number}", WRONG)]
    hijacked = folder / "hijacks_imports"
    shutil.copytree(HERE / "hijacking", hijacked)
    (hijacked / "rnn_layers.py").write_text(RIGHT)
    return [*entries, Entry("hijacks_imports", str(hijacked), "cs231n")]


def _plain(folder: Path, name: str, source: str) -> Entry:
    (folder / f"{name}.py").write_text(source)
    return Entry(name, str(folder / f"{name}.py"), "cs231n")


def _verdict(report: Report) -> tuple[object, ...]:
    entry = report.entry_points[0]
    found = [(c.property, c.tensor, c.status, c.cases, c.failed, c.worst_ratio) for c in entry.checks]
    return report.status, report.score, entry.status, found


@pytest.mark.parametrize("level", LEVELS if DEEP else [isolation.strongest()])
def test_every_other_submission_of_a_batch_gets_its_exact_grade(level: Level, tmp_path: Path) -> None:
    _demand(level)
    options = msgspec.structs.replace(OPTIONS, isolation=level)
    entries = _inbox(tmp_path / "inbox")
    reports = {r.submission.id: r for r in grade_all(entries, options, 2, lambda report: None)}
    assert set(reports) == {entry.id for entry in entries}
    assert all(r.status in ("graded", "load_error") and r.isolation == level for r in reports.values())
    for kind, status in (("right", "pass"), ("wrong", "fail")):
        plain = [_verdict(r) for name, r in reports.items() if re.fullmatch(kind + r"\d+", name)]
        assert len(plain) > 2
        assert all(verdict == plain[0] for verdict in plain)
        assert plain[0][2] == status
    hostile = {name: r for name, r in reports.items() if not re.fullmatch(r"(right|wrong)\d+|hijacks_imports", name)}
    earned = {name for name, r in hostile.items() if r.score.earned}
    assert earned <= HURTLESS | ({"starts_threads_without_end"} if level != "full" else set()), earned
    _demand_quiet_pages(list(reports.values()), tmp_path / "out")


def _demand_quiet_pages(reports: list[Report], out: Path) -> None:
    """Nothing of what was handed in steers a terminal, runs in a page, computes in a table or speaks to CI."""
    for report in reports:
        write_report(report, out)
        assert len(encode(report)) < 1 << 20
    write_summary(reports, out)
    for path in (p for p in out.rglob("*") if p.is_file()):
        text = path.read_text()
        steering = r"[\x00-\x08\x0b-\x1f]" if path.suffix == ".json" else r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]"
        assert not re.search(steering, text), path
        shown = re.sub(r"(?ms)^(`{3,}).*?^\1\s*$", "", text) if path.suffix == ".md" else text
        assert path.suffix not in (".html", ".md") or not re.search(r"(?<!\\)<(script>alert|img src=x)", shown), path
        assert not re.search(r"^(::|##\[)", text, re.MULTILINE), path
        if path.suffix == ".csv":
            assert not [cell for row in csv.reader(text.splitlines()) for cell in row if cell[:1] in ("=", "@", "+")]
