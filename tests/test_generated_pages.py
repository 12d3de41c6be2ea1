"""The pages that follow from the code are as the code is, and say what there is to say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands_of_the_program import LEAVES
from documenting import pages
from harness.assignments import registry
from harness.assignments.contract import Limits
from harness.reporting.words import TITLES

MADE = pages.every()
ROOT = Path(__file__).resolve().parent.parent
VARIABLES = re.compile(r"\b(?:HARNESS|GITHUB)_[A-Z_]+\b")


@pytest.mark.parametrize("name", MADE)
def test_a_page_that_follows_from_the_code_is_current(name: str) -> None:
    assert (pages.DOCS / name).read_text(encoding="utf-8") == MADE[name], "make them again: python -m documenting"


def test_no_page_is_left_of_what_is_gone() -> None:
    there = {p.relative_to(pages.DOCS).as_posix() for p in (pages.DOCS / "reference" / "contracts").glob("*.md")}
    assert there == {name for name in MADE if name.startswith("reference/contracts/")}


def test_the_command_line_page_has_every_command_and_option() -> None:
    text = MADE["reference/cli.md"]
    sections = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}
    assert sections.keys() == LEAVES.keys()
    for name, command in LEAVES.items():
        for parameter in command.params:
            names = [parameter.metavar] if parameter.param_type_name == "argument" else parameter.opts
            assert parameter.name == "help" or all(f"`{shown}`" in sections[name] for shown in names)


def test_the_page_about_properties_has_every_one() -> None:
    text = MADE["reference/properties.md"]
    for name in TITLES:
        assert f"### {name}\n" in text or f"| `{name}` |" in text, name
    assert "## Others" not in text, "these need a place in documenting/properties.py"


@pytest.mark.parametrize("name", registry.built_in())
def test_a_contract_page_has_every_entry_point_and_every_tensor(name: str) -> None:
    asked, text = registry.get(name), MADE[f"reference/contracts/{name}.md"]
    for entry in asked.entry_points:
        section = text.split(f"\n## {entry.name}\n")[1].split("\n## ")[0]
        assert all(f"| `{tensor.name}` |" in section for tensor in entry.tensors)
    assert (pages.DOCS / "assignments" / f"{name}.md").is_file(), "every assignment has a page for students"


def test_every_environment_variable_has_its_line() -> None:
    told = set(VARIABLES.findall((pages.DOCS / "reference" / "environment.md").read_text()))
    code = [*(ROOT / "harness").rglob("*.py"), *(ROOT / "tests").glob("*.py")]
    used = {name for path in code for name in VARIABLES.findall(path.read_text())}
    assert told == used


def test_the_page_about_rubrics_has_every_table() -> None:
    text = (pages.DOCS / "reference" / "rubric.md").read_text()
    for name in ("points", "tensors", "properties", "limits", "conventions"):
        assert f"\n[{name}" in text, name
    for name in Limits.__struct_fields__:
        assert f"`{name}`" in text, name
