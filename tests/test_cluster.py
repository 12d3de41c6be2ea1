"""Grading on a Dask cluster: the same gradebook, nothing lost, and a clear word where it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.batch import cluster_task, run
from harness.batch.discover import Entry
from harness.batch.executors import ExecutorTrouble
from harness.cli import app
from harness.report import Report
from harness.worker import isolation
from reference_impls import catalogue
from test_batch import OPTIONS, entries, fake_grade, report_for, statuses

distributed = pytest.importorskip("distributed")
cluster = pytest.importorskip("harness.batch.cluster")
ROOT = Path(__file__).resolve().parent.parent
HERE = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "threads_per_worker": 1}
PATIENCE = 60


@pytest.fixture(scope="module")
def local() -> Iterator[object]:
    """A cluster of two worker processes on this machine."""
    with distributed.LocalCluster(n_workers=2, processes=True, **HERE) as made:
        yield made


@pytest.fixture
def empty() -> Iterator[object]:
    """A scheduler without workers."""
    with distributed.LocalCluster(n_workers=0, **HERE) as made:
        yield made


def on(address: str, batch: list[Entry], on_done: object = None, grade: object = fake_grade) -> dict[str, Report]:
    """Grade on a cluster, as `harness grade` does."""
    found: dict[str, Report] = {}

    def keep(report: Report) -> None:
        found[report.submission.id] = report
        if on_done:
            on_done(report)  # type: ignore[operator]

    with cluster.connected(address, {}, ("mytorch",), "process") as start:
        run.grade_each(batch, OPTIONS, 100, keep, grade, start=start)  # type: ignore[arg-type]
    return found


def invoke(*arguments: object) -> tuple[int, str]:
    """Exit code and everything printed."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


# the same gradebook, and nothing lost


def test_a_coordinator_killed_on_a_cluster_goes_on_and_comes_to_the_gradebook_of_local_processes(
    local: object, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    right = catalogue.source("lab9")
    for number, mistake in enumerate(catalogue.misconceptions("lab9")[:3]):
        (inbox / f"wrong{number}.py").write_text(catalogue.apply(right, mistake))
    (inbox / "right.py").write_text(right)
    (inbox / "twin.py").write_text(right)
    (inbox / "broken.py").write_text("def rnn_forward(x:\n")
    (inbox / "unreadable.ipynb").write_text("{}")
    asked = ["grade", inbox, "-a", "lab9", "--only", "rnn_forward", "--cases", 4, "--out"]
    there = ["--executor", "dask", "--scheduler", local.scheduler_address]  # type: ignore[attr-defined]
    first = [sys.executable, "-m", "harness", *map(str, [*asked, tmp_path / "cluster", *there])]
    with subprocess.Popen(first, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as coordinator:
        until(lambda: any((tmp_path / "cluster").glob("wrong*/report.html")))
        coordinator.kill()
    code, printed = invoke(*asked, tmp_path / "cluster", *there)
    assert code == 0, printed
    assert "not changed and will not be graded again" in printed
    code, printed = invoke(*asked, tmp_path / "local", "--jobs", 1)
    assert code == 0, printed
    for name in ("gradebook.csv", "summary.json", "summary.html"):
        assert (tmp_path / "cluster" / name).read_bytes() == (tmp_path / "local" / name).read_bytes(), name
    assert len((tmp_path / "cluster" / "gradebook.csv").read_text().splitlines()) == 8


def test_a_cluster_that_loses_half_its_workers_in_the_middle_finishes(local: object, tmp_path: Path) -> None:
    address, lost = local.scheduler_address, []  # type: ignore[attr-defined]
    command = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "60"]
    program = "from distributed.cli.dask_worker import main; main()"
    where = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    extra = [
        subprocess.Popen([sys.executable, "-c", program, address, *command], cwd=tmp_path, env=where) for _ in "ab"
    ]
    try:
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(4, timeout=PATIENCE)
        batch = entries(tmp_path, **{f"s{number:02}": f"mark {tmp_path}" for number in range(24)})

        def on_done(report: Report) -> None:
            if not lost and all((tmp_path / f"{each.pid}.at").exists() for each in extra):
                for each in extra:
                    lost.append(each.pid)
                    each.kill()

        found = on(address, batch, on_done, marking_grade)
    finally:
        for each in extra:
            each.kill()
            each.wait()
    assert len(lost) == 2
    assert statuses(found.values()) == {entry.id: "graded" for entry in batch}
    begun = sum(len(path.read_text()) for path in tmp_path.glob("*.at"))
    assert begun > len(batch), "what the lost workers had begun was begun again"


def marking_grade(submission, assignment, options):  # type: ignore[no-untyped-def]
    """Notes in which process it runs, and takes its time."""
    place = Path(submission.files[0].data.decode().split()[-1])
    with (place / f"{os.getpid()}.at").open("a") as file:
        file.write(".")
    time.sleep(0.2)
    return report_for(submission, assignment, options)


def test_whatever_kills_its_grader_twice_is_a_fault_of_ours_and_the_others_are_graded(
    local: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local.scheduler, "allowed_failures", 0)  # type: ignore[attr-defined]
    found = on(local.scheduler_address, entries(tmp_path, a="pass", b="die", c="raise", d="fail"))  # type: ignore[attr-defined]
    assert statuses(found.values()) == {"a": "graded", "b": "grader_fault", "c": "grader_fault", "d": "graded"}
    assert "died" in found["b"].message
    assert "a bug of ours" in found["c"].message


def until(condition) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


# what cannot be graded on


def test_a_scheduler_that_is_not_there_is_told_before_anything_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.py").write_text("x = 1\n")
    asked = ["grade", tmp_path / "in", "-a", "lab9", "--out", tmp_path / "out", "--executor", "dask"]
    for address in ("tcp://127.0.0.1:9", "nowhere://"):
        code, printed = invoke(*asked, "--scheduler", address)
        assert (code, f"there is no scheduler at {address}" in printed) == (3, True), printed
    assert not list((tmp_path / "out").iterdir())
    code, printed = invoke(*asked)
    assert (code, "needs --scheduler ADDRESS" in printed) == (2, True)
    code, printed = invoke(*asked[:-2], "--scheduler", "tcp://127.0.0.1:9")
    assert (code, "add --executor dask" in printed) == (2, True)


def test_where_dask_is_not_installed_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "harness.batch.cluster")
    monkeypatch.delattr(sys.modules["harness.batch"], "cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)  # type: ignore[arg-type]
    (tmp_path / "a.py").write_text("x = 1\n")
    asked = ["grade", tmp_path, "-a", "lab9", "--out", tmp_path / "out", "--executor", "dask"]
    code, printed = invoke(*asked, "--scheduler", "tcp://127.0.0.1:9")
    assert (code, "pip install 'rnn-harness[cluster]'" in printed) == (2, True), printed


def test_a_scheduler_without_workers_is_told(empty: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(ExecutorTrouble, match="has no workers; start some with `dask worker tcp://"):
        on(empty.scheduler_address, entries(tmp_path, a="pass"))  # type: ignore[attr-defined]


def test_a_worker_that_would_grade_otherwise_is_told_before_the_first_submission(local: object, tmp_path: Path) -> None:
    address = local.scheduler_address  # type: ignore[attr-defined]
    cases = {
        "has numpy 0.1 where this machine has": {"numpy": "0.1"},
        "has other code in its harness": {"code": "other"},
        r"cannot import what grades .* install the same version of rnn-harness": None,
    }
    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)
        one = sorted(client.nthreads())[:1]
        for message, change in cases.items():
            client.run(pretend, change, workers=one)
            try:
                with pytest.raises(ExecutorTrouble, match=f"^worker {one[0]} {message}"):
                    on(address, entries(tmp_path, a="pass"))
            finally:
                client.run(back_again, workers=one)
    assert on(address, entries(tmp_path, a="pass"))["a"].passed


def pretend(change: dict[str, str] | None) -> None:
    """On a worker: be of other versions, or without the package."""
    from harness.batch import cluster_task

    if change is None:
        sys.modules["harness.batch.cluster_task"] = None  # type: ignore[assignment]
        delattr(sys.modules["harness.batch"], "cluster_task")
    else:
        found = {**cluster_task.identity(), **change}
        cluster_task.identity = lambda: found  # type: ignore[assignment]


def back_again() -> None:
    """On a worker: be as before."""
    import importlib

    sys.modules.pop("harness.batch.cluster_task", None)
    importlib.import_module("harness.batch.cluster_task")


def test_a_worker_that_joins_late_and_would_grade_otherwise_ends_the_batch(local: object, tmp_path: Path) -> None:
    with distributed.Client(local.scheduler_address, set_as_default=False) as client:  # type: ignore[attr-defined]
        found: list[Report] = []
        client.wait_for_workers(2, timeout=PATIENCE)
        with cluster.connected(local.scheduler_address, {}, (), "process") as start:  # type: ignore[attr-defined]
            client.run(pretend, {"numpy": "0.1"})
            try:
                with pytest.raises(ExecutorTrouble, match=r"joined later has numpy 0\.1 .* What is graded is kept"):
                    run.grade_each(entries(tmp_path, a="pass"), OPTIONS, 9, found.append, fake_grade, start=start)
            finally:
                client.run(back_again)
    assert not found


def test_a_level_that_workers_do_not_offer_is_told() -> None:
    missing = next((level for level in isolation.LAYERS if isolation.missing(level)), "no such level")
    assert "cannot keep student code apart" in cluster_task.unfit(cluster_task.identity(), missing)
    assert cluster_task.unfit(cluster_task.identity(), "process") == ""


def test_a_scheduler_that_goes_away_is_told_and_ends_the_batch(tmp_path: Path) -> None:
    with distributed.LocalCluster(n_workers=0, **HERE) as made:
        client = distributed.Client(made.scheduler_address, set_as_default=False)
        graders = cluster.Graders(client, made.scheduler_address, 9)
        (entry,) = entries(tmp_path, a="pass")
        future = graders.submit(entry, OPTIONS, None)
    assert wait([future], timeout=PATIENCE).done
    assert isinstance(future.exception(), ExecutorTrouble)
    assert "is gone. What is graded is kept" in str(future.exception())
    client.close(timeout=1)
    graders.looked = 0
    with pytest.raises(ExecutorTrouble, match="is gone"):
        graders.look()


# who may talk to it

CONNECTING = """
import socket
try:
    socket.create_connection(({host!r}, {port}), timeout=5).close()
    rnn_forward = None
except OSError:
    pass
"""


@pytest.mark.parametrize("level", isolation.LAYERS)
def test_only_at_level_process_a_submission_can_reach_the_scheduler(
    level: isolation.Level, local: object, tmp_path: Path
) -> None:
    if reason := isolation.missing(level):
        pytest.skip(f"level {level}: {reason}")
    host, _, port = local.scheduler_address.removeprefix("tcp://").partition(":")  # type: ignore[attr-defined]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "spy.py").write_text(catalogue.source("lab9") + CONNECTING.format(host=host, port=int(port)))
    asked = ["grade", tmp_path / "in", "-a", "lab9", "--only", "rnn_forward", "--cases", 1, "--out", tmp_path / "out"]
    there = ["--executor", "dask", "--scheduler", local.scheduler_address, "--isolation", level]  # type: ignore[attr-defined]
    code, printed = invoke(*asked, *there)
    assert code == 0, printed
    said = (tmp_path / "out" / "spy" / "report.md").read_text()
    assert ("is right on every case tried" in said) == (level != "process"), said
    assert ("student code can reach the scheduler" in printed) == (level == "process")


def test_a_cluster_behind_tls_takes_only_who_has_a_certificate(tmp_path: Path) -> None:
    files = certificate(tmp_path)
    security = distributed.Security(
        require_encryption=True,
        tls_ca_file=files["tls_ca_file"],
        **{f"tls_{who}_cert": files["tls_client_cert"] for who in ("scheduler", "worker", "client")},
        **{f"tls_{who}_key": files["tls_client_key"] for who in ("scheduler", "worker", "client")},
    )
    made = distributed.LocalCluster(n_workers=1, processes=False, security=security, protocol="tls://", **HERE)
    with made, pytest.MonkeyPatch.context() as patched:
        patched.setattr(cluster, "PATIENCE", 5)
        assert made.scheduler_address.startswith("tls://127.0.0.1")
        with cluster.connected(made.scheduler_address, files, (), "process") as start:
            found: list[Report] = []
            run.grade_each(entries(tmp_path, a="pass"), OPTIONS, 9, found.append, fake_grade, start=start)
        assert [report.passed for report in found] == [True]
        patched.setattr(cluster, "PATIENCE", 0.5)
        plain = made.scheduler_address.replace("tls://", "tcp://")
        for address, wrong in ((plain, {}), (made.scheduler_address, {})):
            with (
                pytest.raises(ExecutorTrouble, match="there is no scheduler at"),
                cluster.connected(address, wrong, (), "process"),
            ):
                pass


def certificate(folder: Path) -> dict[str, str]:
    """A certificate that vouches for itself, made on the spot."""
    key, made = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=harness"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", made], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl here to make a certificate with")
    return {"tls_ca_file": str(made), "tls_client_cert": str(made), "tls_client_key": str(key)}
