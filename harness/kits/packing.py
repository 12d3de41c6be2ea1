"""Which of the harness's modules a student's kit holds: those that grading needs, without any that knows a solution."""

from __future__ import annotations

import ast
import functools
import importlib.util
from pathlib import Path

from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.kits.shedding import shed
from harness.worker import launch

ROOT = "harness.kits.inside.check"
HERE = "harness.kits.inside"
INSTEAD = {
    "harness.oracles.bank": f"{HERE}.bank",
    "harness.diagnosis.naming": f"{HERE}.naming",
    "harness.diagnosis.hints": f"{HERE}.hints",
    "harness.diagnosis.pictures": f"{HERE}.pictures",
    "harness.diagnosis.rearranging": f"{HERE}.rearranging",
    "harness.values": f"{HERE}.values",
}
"""What stands in a kit in the place of modules that compute answers or know mistakes."""
STRUCTS = ("__init__", "structs", "checked", "msgpack")
MODEL = "the answers of this kit"
"""What a contract names as its model solution, in a kit."""


class Unpackable(Exception):
    """An assignment that no kit can be made of, in a sentence."""


def modules(assignment: Assignment) -> dict[str, bytes]:
    """Every Python file of the house, by its path there. Raises `Unpackable`."""
    package = registry.folders()[assignment.id]
    if not package.startswith(f"{registry.HERE}."):
        raise Unpackable(
            f"{assignment.id} comes from another package, and a kit carries only the assignments of this one"
        )
    drivers = (f"{package}.driver", *assignment.driver_modules)
    wanted = {ROOT, f"{package}.contract", f"{package}.snippet", *drivers, *launch.worker_modules(drivers)}
    files = {}
    for name in _closure(wanted):
        text = source(INSTEAD.get(name, name))
        if name in drivers:
            text = shed(text)
        if assignment.model and name.startswith(package):
            text = text.replace(assignment.model, MODEL)
        files[_path(name)] = text.encode()
    for name in STRUCTS:
        files[f"msgspec/{name}.py"] = _source(f"{HERE}.plain_structs.{name}").read_bytes()
    return files | _support(assignment, package)


def _support(assignment: Assignment, package: str) -> dict[str, bytes]:
    """Handout modules. Those that are supplied in the place of what was asked for would give it away."""
    names = {*assignment.supplied.values(), *assignment.supplied_otherwise.values(), assignment.prelude} - {""}
    folder = _source(package).parent / "support"
    return {f"{package.replace('.', '/')}/support/{name}": (folder / name).read_bytes() for name in sorted(names)}


def _closure(wanted: set[str]) -> list[str]:
    """The modules, and all that they import, anywhere in them; a package comes with its modules."""
    found: set[str] = set()
    waiting = sorted(wanted)
    while waiting:
        name = waiting.pop()
        if name in found or not _is_module(name):
            continue
        found.add(name)
        waiting += [name.rpartition(".")[0], *_imports(INSTEAD.get(name, name))]
    return sorted(found)


@functools.cache
def _imports(name: str) -> tuple[str, ...]:
    """Names of modules that a module imports, and of what it takes from them."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source(name))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(found)


@functools.cache
def _is_module(name: str) -> bool:
    """Whether it is a module of this project."""
    if name.partition(".")[0] != "harness":
        return False
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # a name in a module, not a module in a package
        return False


def source(name: str) -> str:
    """The text of a module."""
    return _source(name).read_text(encoding="utf-8")


def _source(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise Unpackable(f"the source of {name} is not there, and a kit is made of it")
    return Path(spec.origin)


def _path(name: str) -> str:
    base = name.replace(".", "/")
    return f"{base}/__init__.py" if _source(name).name == "__init__.py" else f"{base}.py"
