"""The house's walls: imports run downwards, and what runs beside a student's code knows no answer."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from harness.assignments import registry
from harness.worker import launch

ROOT = Path(__file__).resolve().parent.parent
LAYERS = [
    {
        "harness.cli",
        "harness.__main__",
        "harness.commands",
        "harness.pytest_plugin",
        "harness.pytest_support",
        "harness.notebook",
    },
    {"harness.audit", "harness.authoring", "harness.batch", "harness.kits", "harness.platforms"},
    {"harness.verify", "harness.exploring"},
    {"harness.judging", "harness.noting"},
    {"harness.standing"},
    {"harness.behaving", "harness.demanding", "harness.relating", "harness.repeating", "harness.undisturbed"},
    {"harness.collecting", "harness.checking", "harness.values"},
    {"harness.unanswered"},
    {"harness.diagnosis"},
    {"harness.evidence"},
    {"harness.properties"},
    {"harness.oracles", "reference_impls"},
    {"harness.cases", "harness.worker"},
    {"harness.choosing", "harness.attempts", "harness.dependence", "harness.other_homework", "harness.recognising"},
    {
        "harness.options",
        "harness.once",
        "harness.scoring",
        "harness.submission",
        "harness.ungraded",
        "harness.selection",
    },
    {"harness.notebook_text"},
    {"harness.rubric", "harness.source", "harness.archive"},
    {"harness.python2", "harness.regular", "harness.skeleton", "harness.tar"},
    {"harness.walking"},
    {"harness.assignments"},
    {"harness.worker.inside.driving"},
    {
        *(
            "harness.report",
            "harness.ending",
            "harness.wire",
            "harness.celltext",
            "harness.fingerprint",
            "harness.stopwatch",
        ),
        *("harness.download_names", "harness"),
    },
]
"""From the top of the house to the bottom; a module imports from its own layer and those below."""
SIDE = {"harness.reporting": {"harness.report", "harness.reporting", "harness"}}
"""Modules beside the stairs, and all they may import. Only the top two floors import them."""


def _modules() -> dict[str, Path]:
    found = {}
    for top in ("harness", "reference_impls"):
        for path in (ROOT / top).rglob("*.py"):
            if "support" in path.parts:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()


def _imports(path: Path) -> set[str]:
    """Modules of this project that a file imports anywhere, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in MODULES else node.module for a in node.names
            }
    return {name for name in found if name.split(".")[0] in ("harness", "reference_impls")}


def _layer(module: str) -> int:
    """The number of the layer of the longest prefix of `module` that a layer names."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        for number, names in enumerate(LAYERS):
            if prefix in names:
                return number
    raise AssertionError(f"{module} has no layer: add it to LAYERS")


def _side(module: str) -> str | None:
    return next((s for s in SIDE if module == s or module.startswith(s + ".")), None)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_run_downwards(module: str) -> None:
    for imported in _imports(MODULES[module]):
        if side := _side(module):
            assert any(imported == a or imported.startswith(a + ".") for a in SIDE[side] - {"harness"}), imported
        elif _side(imported):
            assert _layer(module) <= 1, f"{module} imports {imported}: only the top of the house makes pages"
        else:
            assert _layer(imported) >= _layer(module), f"{module} imports {imported}, which lies above it"


DRIVERS = [(registry.folders()[a.id] + ".driver", *a.driver_modules) for a in registry.every()]


@pytest.mark.parametrize("drivers", DRIVERS, ids=lambda d: d[0])
def test_what_runs_in_a_worker_imports_only_what_runs_in_a_worker(drivers: tuple[str, ...]) -> None:
    allowed = launch.worker_modules(drivers)
    for name, file in allowed.items():
        if file is not None:
            assert _imports(Path(file)) <= allowed.keys(), name


ANSWERS = ("reference_impls", "hypothesis", "harness.oracles.bank", "harness.verify", "harness.cases.case", "jinja2")


@pytest.mark.parametrize("module", ANSWERS)
def test_a_worker_cannot_import_what_knows_an_answer(module: str) -> None:
    """Asked of a real worker's import machinery, in a process of its own."""
    import subprocess

    setup = {"modules": launch.worker_modules(DRIVERS[0]), "libraries": launch.library_files("numpy"), "limits": {}}
    main = str(launch.HARNESS / "worker" / "inside" / "main.py")
    program = (
        f"import importlib.util, json, sys\n"
        f"spec = importlib.util.spec_from_file_location('main', {main!r})\n"
        f"main = importlib.util.module_from_spec(spec); spec.loader.exec_module(main)\n"
        f"setup = json.loads({json.dumps(setup)!r})\n"
        f"main.narrow_imports(setup['modules'], setup['libraries'])\n"
        f"import numpy, harness.wire\n"
        f"import {module}\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    told = done.stderr.splitlines()[-1]
    assert told.startswith("ModuleNotFoundError: No module named '")
    assert module.startswith(told.split("'")[1])  # the module itself, or the package above it
