"""The zip for Gradescope, in a folder laid out as Gradescope lays it out, with a submission that looks for answers."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from harness.batch.store import NAME
from harness.cli import app
from harness.platforms import kit
from harness.worker import isolation
from reference_impls import catalogue
from test_exporting import DOCUMENTED

SEED = 'it\'s a $(secret) "seed"'
SPY = """
import os
print('{"score": 10}')

def _readable(place):
    try:
        return bool(open(os.path.join(ROOT, place)).read())
    except OSError:
        return False

if any(map(_readable, ("source/run_autograder", "source/package/reference_impls/lab9/model.py"))):
    def rnn_backward(*_):
        return "out of the jail"
"""

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the scripts are bash's")


def made(folder: Path, *arguments: object) -> tuple[int, str]:
    """Exit code of `harness kit gradescope lab9`, and what it says."""
    asked = ["kit", "gradescope", "lab9", "--out", folder / "kit.zip", *arguments]
    result = CliRunner().invoke(app, [str(a) for a in asked])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def unpacked(folder: Path, *arguments: object) -> Path:
    """Gradescope's folder: the zip in `source`, the script beside it, and a Python where setup.sh puts one."""
    code, said = made(folder, "--seed", SEED, "--cases", 4, *arguments)
    assert code == 0, said
    root = folder / "autograder"
    for name in ("source", "submission", "results", "environment/bin"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(folder / "kit.zip") as packed:
        packed.extractall(root / "source")
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    python(root, f'exec "{sys.executable}" "$@"')
    return root


def python(root: Path, line: str) -> None:
    """Put a script in the place of Python."""
    script = root / "environment" / "bin" / "python"
    script.write_text(f"#!/usr/bin/env bash\n{line}\n")
    script.chmod(0o755)


def run(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", str(root / "run_autograder")], capture_output=True, text=True, check=False)


def test_the_zip_has_the_scripts_at_its_root_and_the_harness(tmp_path: Path) -> None:
    code, said = made(tmp_path, "--seed", SEED)
    assert (code, "Upload it where Gradescope asks" in said, "public" in said) == (0, True, False)
    with zipfile.ZipFile(tmp_path / "kit.zip") as packed:
        names = packed.namelist()
        for script in kit.SCRIPTS:
            assert packed.getinfo(script).external_attr >> 16 == 0o100755
            text = packed.read(script).decode()
            assert "@" not in text.replace('"$@"', "")
            subprocess.run(["bash", "-n"], input=text, text=True, check=True)
        assert f"numpy=={kit.requirements()[4].partition('==')[2]}\n" in packed.read("requirements.txt").decode()
    assert "package/harness/worker/inside/main.py" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(NAME)]


def test_the_same_choices_make_the_same_zip(tmp_path: Path) -> None:
    made(tmp_path)
    with zipfile.ZipFile(tmp_path / "kit.zip") as packed:
        assert {member.date_time for member in packed.infolist()} == {kit.EPOCH}
        assert packed.namelist()[4:] == sorted(packed.namelist()[4:])


def test_the_kit_grades_where_gradescope_would_and_gives_nothing_away(tmp_path: Path) -> None:
    jailed = isolation.strongest() != "process"
    root = unpacked(tmp_path, *(() if jailed else ("--isolation", "process")))
    right = catalogue.source("lab9")
    wrong = right.replace("slope = 2 * error", "slope = error")
    assert wrong != right
    (root / "submission" / "lab9.py").write_text(f"ROOT = {str(root)!r}\n{wrong}\n{SPY if jailed else ''}")
    done = run(root)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (root / "results").iterdir()] == ["results.json"]
    text = (root / "results" / "results.json").read_text()
    results = json.loads(text)
    jsonschema.validate(results, DOCUMENTED)
    scores = {test["name"].partition(":")[0]: (test["score"], test["status"]) for test in results["tests"]}
    assert scores["mse_last_step"][1] == "failed"
    assert scores["rnn_backward"][1] == "passed"  # had it read anything, it would answer something else
    assert results["score"] == sum(score for score, _ in scores.values()) < 10
    assert "what came" in text
    for told in (SEED, "expected:", "what was expected", "what rounding allows"):
        assert told not in text + done.stdout


@pytest.mark.parametrize("code", [2, 3])
def test_where_nothing_can_be_judged_there_are_no_results_and_no_zero(tmp_path: Path, code: int) -> None:
    root = unpacked(tmp_path)
    (root / "results" / "results.json").write_text('{"score": 0}')
    python(root, f'echo "$@" >> {root}/asked; exit {code}')
    done = run(root)
    assert (done.returncode, list((root / "results").iterdir())) == (1, [])
    assert "No score: nothing could be judged" in done.stderr
    asked = (root / "asked").read_text().splitlines()
    assert [line.partition("--isolation ")[2].split()[0] for line in asked] == ["full", "restricted"][
        : 2 if code == 2 else 1
    ]
    assert all(f"--seed={SEED}" in line and "--hide-expected" in line for line in asked)


def test_what_cannot_be_read_leaves_nothing_but_the_reason(tmp_path: Path) -> None:
    (tmp_path / "essay.pdf").write_text("an essay")
    asked = ["check", str(tmp_path / "essay.pdf"), "-a", "lab9", "--format", "gradescope"]
    done = CliRunner().invoke(app, asked)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "essay.pdf: expected a .py file" in done.stderr


def test_setting_up_installs_the_versions_in_use_and_tries_the_model_solution(tmp_path: Path) -> None:
    rubric = tmp_path / "points.toml"
    rubric.write_text("[points]\nrnn_backward = 7\n")
    root = unpacked(tmp_path, "--rubric", rubric)
    shutil.rmtree(root / "environment")
    fake = tmp_path / "bin" / "python3.13"
    fake.parent.mkdir()
    writes = f'#!/usr/bin/env bash\\necho "$@" >> {root}/asked\\n'
    lines = [
        '[ "$1" = -c ] && exit 0',
        'mkdir -p "$3/bin"',
        f"printf '{writes}' > $3/bin/python",
        "chmod +x $3/bin/python",
    ]
    fake.write_text("\n".join(["#!/usr/bin/env bash", *lines, ""]))
    fake.chmod(0o755)
    path = f"{fake.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(root / "source" / "setup.sh")], capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    assert done.returncode == 0, done.stderr
    installed, tried, doctor = (root / "asked").read_text().splitlines()
    assert installed.endswith(f"-r {root}/source/requirements.txt")
    assert f"check {root}/source/package/reference_impls/lab9/model.py --assignment lab9 --seed={SEED}" in tried
    assert f"--rubric {root}/source/rubric.toml" in tried
    assert doctor.endswith("harness doctor")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--isolation", "best"], 2, "expected full, restricted, process"),
        (["--rubric", "nowhere.toml"], 2, "cannot be read"),
        (["--out", "kit.tar"], 2, "kit.tar ends in .tar"),
        (["--out", "no/such/folder/kit.zip"], 3, "cannot write no/such/folder/kit.zip"),
    ],
)
def test_what_cannot_be_made_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = made(tmp_path, *arguments)
    assert (found[0], says in found[1], list(tmp_path.iterdir())) == (code, True, []), found[1]


def test_the_public_seed_is_told(tmp_path: Path) -> None:
    assert "Its seed is the public one" in made(tmp_path)[1]
    unknown = CliRunner().invoke(app, ["kit", "gradescope", "cs999"])
    assert (unknown.exit_code, "unknown assignment 'cs999'" in unknown.output) == (2, True)


def test_an_assignment_of_another_package_is_told() -> None:
    with pytest.raises(kit.KitError, match="comes from another package"):
        kit.gradescope_zip(kit.Kit("theirs", "0", 4, "full"))
    assert zipfile.is_zipfile(io.BytesIO(kit.gradescope_zip(kit.Kit("lab9", "0", 4, "full"))))
