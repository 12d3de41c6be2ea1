"""Every command on the pages about kits and pytest does what the page says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.cli import app
from harness.kits import otter, student

ROOT = Path(__file__).resolve().parent.parent
KITS, PYTEST = ((ROOT / "docs" / name).read_text() for name in ("kits.md", "pytest.md"))


def commands(page: str) -> list[str]:
    return [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("command", commands(KITS))
def test_every_command_about_kits_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = [*shlex.split(command)[1:], *([] if "otter" in command else ["--cases", "4"])]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    (made,) = tmp_path.iterdir()
    expected = re.search(r"--out (\S+)", command)
    names = [
        "rnn-kit-lab9.zip",
        student.misnamed(student.StudentKit("lab9", "0", 4, "none"), "wheel", "x"),
        "otter-lab9",
    ]
    assert made.name == expected[1] if expected else any(made.name in name for name in names)


def test_the_tree_on_the_page_is_the_one_that_is_written() -> None:
    (tree,) = re.findall(r"```text\notter-lab9/\n(.*?)```", KITS, re.DOTALL)
    shown = {line.split()[0] for line in tree.splitlines()}
    assert shown <= otter.otter_files(otter.OtterKit("lab9", "0")).keys()


COLLECT = """
import json, sys, pytest
for arguments in json.loads(sys.argv[1]):
    code = pytest.main([*arguments, "-p", "harness.pytest_plugin", "--collect-only", "-q"])
    print("ended with", int(code))
"""


def test_every_command_about_pytest_finds_its_tests(tmp_path: Path) -> None:
    """What they then do, and the two others, is tested with the plugin."""
    (tmp_path / "my_rnn.py").write_text((ROOT / "reference_impls" / "lab9" / "model.py").read_text())
    asked = [shlex.split(c)[1:] for c in commands(PYTEST) if "--lf" not in c and "-n 2" not in c]
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, json.dumps(asked)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.count("my_rnn.py::rnn_backward::matches_autograd[dU]") == len(asked) == 5
    assert done.stdout.count("ended with 0") == len(asked), done.stdout
