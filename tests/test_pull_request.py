"""A pull request: what it changes is graded, told where people look, and nothing in it can forge or steer anything."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner

from harness.batch import trusted
from harness.batch.changed import Unknown, changed, touched
from harness.batch.discover import Entry
from harness.cli import app
from harness.report import Points
from harness.reporting import annotations, junit, steps
from reference_impls import catalogue
from sample_reports import HOSTILE, all_right, entry, failing, grader_fault, load_error, report
from test_outlets import COMMAND

ROOT = Path(__file__).resolve().parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "workflows" / "grade.yml").read_text())
STEPS = {step.get("name", step.get("uses")): step for step in ACTION["runs"]["steps"]}
RIGHT = catalogue.source("lab9")
WRONG = RIGHT.replace("slope = 2 * error", "slope = error")


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(["git", "-C", folder, *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two submissions on a main branch, one of which a pull request changes; it adds what could be run by mistake."""
    folder = tmp_path / "repository"
    inbox = folder / "submissions"
    inbox.mkdir(parents=True)
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    for name in ("ann", "bob"):
        (inbox / f"{name}.py").write_text(RIGHT)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "handed in")
    git(folder, "checkout", "-qb", "request")
    (inbox / "bob.py").write_text(WRONG)
    (folder / "harness").mkdir()
    for name in ("harness/__init__.py", "sitecustomize.py", "numpy.py"):
        (folder / name).write_text("raise SystemExit('a file of the pull request was run')\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "again")
    return folder


def run_step(repository: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str], str]:
    """What the action's own script does in the work tree: how it ended, its outputs, its summary."""
    place = repository.parent / "runner"
    program = place / "harness-environment" / "bin" / "harness"
    program.parent.mkdir(parents=True)
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from harness.cli import app; app()"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -c {shlex.quote(start)} "$@"\n')
    program.chmod(0o755)
    step, given = STEPS["Grade"], {name: str(about["default"]) for name, about in ACTION["inputs"].items()} | inputs
    values = {f"${{{{ inputs.{name} }}}}": value for name, value in given.items()}
    values["${{ github.event.pull_request.base.sha }}"] = git(repository, "rev-parse", "main")
    variables = {name: values[expression] for name, expression in step["env"].items()}
    files = {"GITHUB_OUTPUT": place / "output", "GITHUB_STEP_SUMMARY": place / "summary"}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=repository,
        env={**os.environ, **variables, **{n: str(p) for n, p in files.items()}, "RUNNER_TEMP": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    text = {name: path.read_text() if path.exists() else "" for name, path in files.items()}
    outputs = dict(line.split("=", 1) for line in text["GITHUB_OUTPUT"].splitlines())
    return done, outputs, text["GITHUB_STEP_SUMMARY"]


def test_the_action_grades_what_a_pull_request_changes(repository: Path) -> None:
    done, outputs, summary = run_step(repository, path="submissions", each="true", assignment="lab9")
    assert done.returncode == 1, done.stderr
    assert COMMAND.sub("", done.stdout) == ""
    assert re.search(r"^::error file=submissions/bob\.py,line=\d+,title=mse_last_step::", done.stdout, re.M)
    assert "ann" not in done.stdout
    assert outputs["submissions"] == "1"
    assert outputs["passed"] == "false"
    assert 0 < float(outputs["earned"]) < float(outputs["possible"])
    assert "mse_last_step" in summary
    written = repository.parent / "runner" / "harness-report"
    assert (written / "bob" / "report.html").is_file()
    assert ElementTree.parse(written / "results.xml").getroot().tag == "testsuites"


def test_a_threshold_decides(repository: Path) -> None:
    done, outputs, _ = run_step(repository, path="submissions/bob.py", threshold="10", assignment="lab9", seed="own")
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs["passed"] == "true"


def test_no_input_becomes_part_of_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert step.get("shell", "bash") == "bash"


def test_every_input_is_used_and_explained() -> None:
    text = (ROOT / "action.yml").read_text()
    for name, about in ACTION["inputs"].items():
        assert f"inputs.{name} " in text
        assert about["description"].endswith(".")
    for about in ACTION["outputs"].values():
        name = re.fullmatch(r"\$\{\{ steps\.grade\.outputs\.(\w+) }}", about["value"])
        assert name
        assert f"{name[1]}=" in steps.outputs([], passed=True)


def test_the_workflow_asks_for_no_rights_and_knows_the_action() -> None:
    asked = WORKFLOW[True]  # YAML reads `on` as a truth value
    assert set(asked) == {"pull_request"}
    assert WORKFLOW["permissions"] == {"contents": "read"}
    (job,) = WORKFLOW["jobs"].values()
    checkout, grade = job["steps"]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert set(grade["with"]) <= set(ACTION["inputs"])


# --- the rubric ------------------------------------------------------------------------------------------------------


@pytest.fixture
def generous(repository: Path) -> Path:
    """The repository has a rubric, which the pull request changes."""
    for branch, worth in (("main", 8), ("request", 0)):
        git(repository, "checkout", "-q", branch)
        (repository / "points.toml").write_text(f"[points]\nmse_last_step = {worth}\n")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "points")
    return repository


def test_a_pull_request_does_not_give_itself_points(generous: Path) -> None:
    done, outputs, summary = run_step(
        generous, path="submissions/bob.py", rubric="points.toml", assignment="lab9", threshold="95"
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert float(outputs["possible"]) > 8
    assert f"as it is in {git(generous, 'rev-parse', 'main')}" in summary


def test_it_does_not_do_so_by_a_link_to_another_repository_either(generous: Path) -> None:
    git(generous.parent, "init", "-q", "-b", "main", str(generous.parent / "other"))
    (generous / "more").symlink_to(generous.parent / "other")
    done, _, summary = run_step(generous, path="more\nsubmissions/bob.py", rubric="points.toml", assignment="lab9")
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"as it is in {git(generous, 'rev-parse', 'main')}" in summary


def test_a_rubric_that_a_pull_request_can_change_is_told(generous: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(generous)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(generous / "summary"))
    line = [
        "ci",
        "submissions/ann.py",
        "-a",
        "lab9",
        "--rubric",
        "points.toml",
        "--only",
        "rnn_forward",
        "--cases",
        "2",
    ]
    result = CliRunner().invoke(app, line)
    assert result.exit_code == 0, result.output
    assert "--rubric-from takes it from a commit" in result.stderr
    assert "a pull request can change both" in (generous / "summary").read_text()


def test_a_rubric_is_read_as_it_was_and_never_through_a_link(generous: Path, tmp_path: Path) -> None:
    before = "[points]\nmse_last_step = 8\n"
    rubric = generous / "points.toml"
    assert trusted.text_in("main", rubric, generous / "submissions") == before
    other = tmp_path / "other.toml"
    other.write_text("")
    rubric.unlink()
    rubric.symlink_to(other)
    assert trusted.text_in("main", rubric, generous) == before
    assert trusted.text_in("main", other, generous) is None
    (tmp_path / "link").symlink_to(generous)
    assert trusted.text_in("main", tmp_path / "link" / "points.toml", generous) == before


def test_a_rubric_that_only_the_pull_request_has_is_none(generous: Path) -> None:
    new = generous / "submissions" / "mine.toml"
    new.write_text("")
    with pytest.raises(Unknown, match=r"submissions/mine\.toml is not in main"):
        trusted.text_in("main", new, generous)
    with pytest.raises(Unknown, match="fetch-depth: 0"):
        trusted.text_in("0" * 40, generous / "points.toml", generous)


def test_a_checkout_of_the_courses_own_is_its_own_place(generous: Path) -> None:
    course = generous / "course"
    git(generous, "init", "-q", "-b", "main", str(course))
    (course / "points.toml").write_text("")
    assert trusted.text_in("main", course / "points.toml", generous) is None
    assert not trusted.exposed(course / "points.toml", generous)
    assert trusted.exposed(generous / "points.toml", generous / "submissions")


def test_a_repository_that_a_pull_request_puts_into_its_own_is_no_checkout_of_the_courses(generous: Path) -> None:
    before = "[points]\nmse_last_step = 8\n"
    inner = generous.parent / "inner"
    git(generous.parent, "init", "-q", "-b", "main", str(inner))
    (inner / "points.toml").write_text("[points]\nmse_last_step = 0\n")
    git(inner, "add", "-A")
    git(inner, "commit", "-qm", "generous too")
    for place in ("homework", "course"):
        git(generous, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), place)
    assert trusted.text_in("main", generous / "points.toml", generous / "homework") == before
    with pytest.raises(Unknown, match=r"course/points\.toml is not in main"):
        trusted.text_in("main", generous / "course" / "points.toml", generous)
    assert trusted.exposed(generous / "points.toml", generous / "homework")
    assert trusted.exposed(generous / "course" / "points.toml", generous)


def test_without_a_work_tree_a_rubric_beside_what_is_judged_is_exposed(tmp_path: Path) -> None:
    assert trusted.exposed(tmp_path / "handed_in" / "points.toml", tmp_path / "handed_in")
    assert not trusted.exposed(tmp_path / "points.toml", tmp_path / "handed_in")


# --- what changed ----------------------------------------------------------------------------------------------------


def test_what_changed_is_seen_from_where_the_branches_parted(repository: Path) -> None:
    git(repository, "checkout", "-q", "main")
    (repository / "submissions" / "ann.py").write_text(WRONG)
    git(repository, "commit", "-qam", "main goes on")
    git(repository, "checkout", "-q", "request")
    entries = [Entry(n, str(repository / "submissions" / f"{n}.py")) for n in ("ann", "bob")]
    assert [e.id for e in touched(entries, changed(repository, "main"))] == ["bob"]


def test_a_file_that_is_gone_touches_its_submission(repository: Path) -> None:
    folder = repository / "submissions" / "cleo\n::error::é"
    folder.mkdir()
    for name in ("a.py", "b.py"):
        (folder / name).write_text("")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "c")
    (folder / "b.py").unlink()
    git(repository, "commit", "-qam", "d")
    assert [e.id for e in touched([Entry("cleo", str(folder))], changed(repository, "HEAD~1"))] == ["cleo"]


@pytest.mark.parametrize("base", ["no-such-branch", "--output=forged", ""])
def test_a_base_that_is_none_is_a_sentence(base: str, repository: Path) -> None:
    with pytest.raises(Unknown, match=r"fetch-depth: 0"):
        changed(repository, base or "0" * 40)
    assert not (repository / "forged").exists()


def test_without_git_there_is_a_sentence(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unknown, match="leave --base out"):
        changed(repository, "main")


def test_nothing_changed_is_no_failure(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(repository / "summary"))
    result = CliRunner().invoke(app, ["ci", "submissions", "--each", "--base", "HEAD", "-a", "lab9"])
    assert result.exit_code == 0, result.output
    assert "nothing was graded" in (repository / "summary").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ci", "nowhere"], "is not there"),
        (["ci", "submissions", "--each", "--base", "nothing"], "fetch-depth: 0"),
        (["ci", "harness", "--each", "--assignment", "cs999"], "unknown assignment"),
        (["ci", "--threshold", "101"], "threshold"),
    ],
)
def test_wrong_usage_is_a_sentence(
    arguments: list[str], says: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert says in result.output


# --- what is told ----------------------------------------------------------------------------------------------------


def test_all_submissions_share_ten_annotations() -> None:
    reports = [failing("a"), load_error("b"), failing("c"), grader_fault("d"), all_right("e"), failing("f")]
    lines = annotations.annotated(*reports).splitlines(keepends=True)
    assert len(lines) == annotations.MOST
    assert all(COMMAND.fullmatch(line) for line in lines)
    assert "1 of 6 submissions are right" in lines[-1]


def test_results_of_all_submissions_are_one_file() -> None:
    root = ElementTree.fromstring(junit.junit_suites([failing("a"), load_error("b")]))
    assert [suite.tag for suite in root] == ["testsuite"] * 2


def test_a_summary_has_room_for_whole_reports_alone() -> None:
    some = steps.summary([all_right("a"), failing("b")])
    assert some.index("b") < some.index("rnn_step_forward")
    assert steps.CUT not in some
    wrong = entry("f", "dx", status="error", message="x" * 1200)
    many = steps.summary([report(f"s{i}", [wrong] * 40) for i in range(60)])
    assert many.endswith(steps.CUT + "\n")
    assert len(many.encode()) <= steps.MOST_BYTES


def test_no_text_of_a_student_is_an_output() -> None:
    wrong = entry(HOSTILE + "\nforged=1", "dx", status="error", points=Points(0.0, 1.0))
    text = steps.outputs([report(HOSTILE + "\nforged=1", [wrong])], passed=False)
    assert re.fullmatch(r"(?:[a-z]+=[\w.]*\n)+", text)
    assert "forged" not in text
