"""Every command on the page about pytest finds the tests it is about."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from pages_of_the_docs import commands

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = [
    typed.command for page, typed in commands() if page == "docs/pytest.md" and typed.command.startswith("pytest")
]


COLLECT = """
import json, sys, pytest
for arguments in json.loads(sys.argv[1]):
    code = pytest.main([*arguments, "-p", "harness.pytest_plugin", "--collect-only", "-q"])
    print("ended with", int(code))
"""


def test_every_command_about_pytest_finds_its_tests(tmp_path: Path) -> None:
    """What they then do, and the two others, is tested with the plugin."""
    (tmp_path / "my_rnn.py").write_text((ROOT / "reference_impls" / "lab9" / "model.py").read_text())
    asked = [shlex.split(c)[1:] for c in COMMANDS if "--lf" not in c and "-n 2" not in c]
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
