"""What is built of this project: a wheel and a source archive that hold what they should, and work elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from grading import DEEP
from harness import __version__

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("harness", "reference_impls")
NAME = f"rnn_harness-{__version__}"

pytest.importorskip("hatchling", reason="hatchling is not installed; the `test` extra brings it")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, made without a network."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def wheel_of(built: Path) -> Path:
    return built / f"{NAME}-py3-none-any.whl"


def _sources() -> set[str]:
    """Files of the packages, as they lie here."""
    found = (p for package in PACKAGES for p in (ROOT / package).rglob("*") if p.is_file())
    return {p.relative_to(ROOT).as_posix() for p in found if "__pycache__" not in p.parts}


def test_the_wheel_holds_all_of_the_packages_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(wheel_of(built)) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == _sources()
    for kind in (
        r"\.toml$",
        r"harness/reporting/templates/",
        r"harness/py\.typed$",
        r"/kit_files/run_autograder$",
        r"/support/",
    ):
        assert any(re.search(kind, name) for name in names), kind


def test_the_wheel_says_what_it_is_and_brings_its_commands(built: Path) -> None:
    with zipfile.ZipFile(wheel_of(built)) as wheel:
        told, points = (wheel.read(f"{NAME}.dist-info/{name}").decode() for name in ("METADATA", "entry_points.txt"))
        licences = [n for n in wheel.namelist() if n.endswith("licenses/LICENSE")]
    parsed = ConfigParser()
    parsed.read_string(points)
    assert dict(parsed["console_scripts"]) == {"harness": "harness.cli:app"}
    assert dict(parsed["pytest11"]) == {"harness.pytest_plugin": "harness.pytest_plugin"}
    assert "Requires-Python: >=3.11" in told
    assert len(licences) == 1


def test_the_source_archive_holds_what_the_tests_need(built: Path) -> None:
    with tarfile.open(built / f"{NAME}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert _sources() <= names
    wanted = (
        "tests/conftest.py",
        "docs/kits.md",
        "submissions/lab9/s01.py",
        "constraints.txt",
        "tox.ini",
        "mkdocs.yml",
    )
    assert {*wanted, "pyproject.toml", "README.md", "LICENSE", "conftest.py", "action.yml"} <= names
    assert not [n for n in names if n.startswith((".git/", ".tox/", "reports/")) or "__pycache__" in n]


@pytest.mark.parametrize("kind", ["py3-none-any.whl", *([".tar.gz"] if DEEP else [])])
def test_it_works_from_where_it_is_installed(built: Path, tmp_path: Path, kind: str) -> None:
    """Nothing of this folder is in reach there; what the harness requires is that of this environment."""
    (archive,) = built.glob(f"*{kind}")
    place = tmp_path / "installed"
    offline = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", "install", *offline, f"--target={place}", str(archive)], check=True)
    (tmp_path / "my_rnn.py").write_text((ROOT / "submissions" / "lab9" / "s04.py").read_text())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(place), os.environ.get("PYTHONPATH", "")])}

    def typed(*command: str) -> tuple[int, str]:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
        return done.returncode, done.stdout + done.stderr

    where = "import harness, reference_impls as r; print(harness.__file__, r.__file__)"
    assert typed(sys.executable, "-c", where)[1].count(str(place)) == 2
    code, said = typed(sys.executable, "-m", "harness", "check", "my_rnn.py", "--cases", "6", "-a", "lab9")
    assert (code, "rnn_backward fails at T=2" in said) == (1, True), said
    assert (place / "bin" / "harness").is_file()
