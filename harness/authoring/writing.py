"""The files of a new assignment, as text: templates filled with what was read and guessed."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.authoring import chaining, suggesting, unbounded
from harness.authoring.guessing import UNKNOWN, Family, Point, families
from harness.authoring.reading import CACHE, Solution

TEMPLATES = Path(__file__).parent / "templates"
MARK = "TODO"
"""What stands wherever a person has to fill something in."""


def files(name: str, solution: Solution) -> dict[str, str]:
    """The text of every file of the package, by its path."""
    found = families(solution)
    chains = [chain for chain in (chaining.chain(family, found) for family in found) if chain is not None]
    points = [_point(point, family, chains) for family in found for point in family.points]
    told = {
        "name": name,
        "library": "torch" if re.search(r"^\s*(import|from) torch\b", solution.text, re.MULTILINE) else "numpy",
        "unknown": UNKNOWN,
        "families": [_family(family) for family in found],
        "points": points,
        "backwards": any(point["cached"] for point in points),
        "chains": chains,
        "rows": suggesting.rows(solution, found),
    }
    made = {path: _filled(template, told) for template, path in _places(name).items()}
    return {**made, f"{name}/model.py": unbounded.marked(solution.text, MARK), "right/solution.py": solution.text}


def marks(made: dict[str, str]) -> list[tuple[str, int, str]]:
    """Every line that a person has to look at: file, number and text. The tests only look for such lines."""
    return [
        (path, number, line.strip())
        for path, text in made.items()
        if not path.startswith("tests/")
        for number, line in enumerate(text.splitlines(), 1)
        if MARK in line
    ]


def _places(name: str) -> dict[str, str]:
    """Where the text of each template goes."""
    modules = {f"{module}.py": f"{name}/{module}.py" for module in ("contract", "definition", "driver", "snippet")}
    return {
        "pyproject.toml": "pyproject.toml",
        "init.py": f"{name}/__init__.py",
        **modules,
        "misconceptions.toml": f"{name}/misconceptions.toml",
        "page.md": f"docs/{name}.md",
        "test.py": f"tests/test_{name}.py",
    }


@functools.cache
def _environment() -> Environment:
    made = Environment(  # what is made is source code, no page
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True
    )
    made.filters |= {"literal": _literal, "quote": _quoted, "quoted": _all_quoted, "given": _given}
    return made


def _filled(template: str, told: dict[str, Any]) -> str:
    text = _environment().get_template(f"{template}.jinja").render(told)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).rstrip("\n") + "\n"


def _literal(names: Sequence[str]) -> str:
    """A tuple of strings, as it is written in Python."""
    return f"({_all_quoted(names)}{',' * (len(names) == 1)})"


def _all_quoted(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _given(names: Sequence[str]) -> str:
    """The arguments of a call: a cache by its name, all else from the case."""
    return ", ".join("cache" if CACHE.fullmatch(name) else f'given["{name}"]' for name in names)


def _family(family: Family) -> dict[str, Any]:
    values = [r.name for r in family.points[0].results if not r.wrt]
    given = [i.name for i in family.inputs if i.role != "upstream"]
    return {
        **{name: getattr(family, name) for name in ("name", "dims", "inputs", "upstream", "objective", "pinned")},
        "results": values,
        "given": given,
    }


def _point(point: Point, family: Family, chains: Sequence[chaining.Chain]) -> dict[str, Any]:
    forward = family.points[0]
    backward = point.forward not in ("", point.name)
    cached = backward and bool(forward.cache) and any(CACHE.fullmatch(name) for name in point.arguments)
    takes, _, gives = point.signature.removeprefix(f"{point.name}(").rpartition(") -> ")
    calls = [_call(forward), _call(point)] if backward else [_call(point)]
    return {
        "name": point.name,
        "signature": point.signature,
        "group": point.group,
        "arguments": point.arguments,
        "returns": point.function.returns,
        "results": point.results,
        "names": tuple(r.name for r in point.results),
        "forward": point.forward,
        "step": point.step if any(point.name in (c.forward, c.backward) for c in chains) else "",
        "cached": cached,
        "keeps": point.cache,
        "place": forward.function.returns.index(forward.cache) if cached else 0,
        "moved": [i.name for i in family.inputs if i.role in ("data", "state")],
        "given": [r.name for r in forward.results if backward and r.name in point.arguments],
        "needs": tuple(dict.fromkeys([forward.name, point.name] if backward else [point.name])),
        "lines": calls,
        "takes": takes,
        "gives": gives,
    }


def _call(point: Point) -> str:
    """How the function is called in a program."""
    return f"{', '.join(point.function.returns)} = {point.name}({', '.join(point.arguments)})"
