"""What is said of the package is true: its version, the Pythons it runs on, and what a source archive holds."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import harness

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_citation_and_the_changelog_name_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert cited["version"] == harness.__version__
    assert cited["license"] == PROJECT["project"]["license"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert re.search(rf"^## .*{re.escape(harness.__version__)}", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_every_python_that_is_declared_has_its_environments() -> None:
    declared = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    assert f">={declared[0]}" == PROJECT["project"]["requires-python"]
    minors = ",".join(version.removeprefix("3.") for version in declared)
    assert f"[testenv:py3{{{minors}}}-bare]" in (ROOT / "tox.ini").read_text()
    assert PROJECT["tool"]["mypy"]["python_version"] == declared[0]


def test_everything_that_is_kept_is_in_the_source_archive() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone")
    kept = {"/" + name.partition("/")[0] for name in listed.stdout.splitlines()}
    included = set(PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    always = {"/.gitignore", "/LICENSE", "/README.md", "/pyproject.toml"}  # hatchling adds these by itself
    assert kept - included - always == {"/.ci", "/reports"}  # this project's own CI, and a folder kept empty


@pytest.mark.parametrize("package", ["harness", "reference_impls"])
def test_the_packages_say_that_they_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()
