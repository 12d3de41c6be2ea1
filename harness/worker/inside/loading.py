"""Imports a submission's modules, whatever folder they expect to be in, and holds its entry points by name."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Callable, Mapping
from importlib.abc import Loader
from types import ModuleType
from typing import Any

from harness import celltext
from harness.wire import Failure, Load, Loaded
from harness.worker.inside import on_cpu, snapshots, stepping
from harness.worker.inside.cells import Notebook, surroundings
from harness.worker.inside.failures import failure_of
from harness.worker.inside.snapshots import Grader, Kept, Missing
from harness.worker.inside.stand_ins import StandIns


class Code:
    """The submission's entry points, as attributes."""

    def __init__(self, found: dict[str, Any], root: str, kept: Mapping[str, Kept] | None = None) -> None:
        self._found, self.root, self._kept = found, root, kept or {}

    def snapshot(self, check: str) -> dict[str, Any]:
        """Variables as they were where `grader.check(check)` was called last. Raises `Missing` when it never was."""
        if check not in self._kept:
            raise Missing(f"grader.check({check!r}) is needed here, and the submission never calls it")
        return self._kept[check]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._found:
            raise Missing(f"{name} is needed here, and the submission does not define it")
        return self._found[name]


def driver(name: str) -> ModuleType:
    """The assignment's driver module."""
    return importlib.import_module(name)


def load(request: Load) -> tuple[Code, Loaded]:
    """Import each file once; a file that fails leaves the others' entry points usable."""
    notes: list[str] = []
    stand_ins = _prepare(request, notes)
    grader = Grader(request.snapshots)
    given = {"grader": grader} if request.snapshots else {}
    sys.modules.update(snapshots.modules(grader))
    notebook = Notebook(request.root, request.cells_cpu, request.cells_wall)
    modules: dict[str, ModuleType] = {}
    failures: dict[str, Failure] = {}
    if request.library == "torch":
        notes += on_cpu.fall_back([_read(path) for path in _python_files(request)])
    for file in _files(request):
        try:
            if celltext.is_notebook(file):
                modules[file] = _run(notebook, file, request.prelude, given)
            else:
                exported = {"get_ipython": surroundings()["get_ipython"], **given}
                modules[file] = _import(request.root, file, request.prelude, exported, stand_ins.loader)
        except BaseException as error:
            failures[file] = failure_of(error, request.root)
    names = _names(request, modules)
    found = {name: getattr(modules[request.files[name]], theirs) for name, theirs in names.items()}
    loaded = Loaded(
        failures,
        tuple(found),
        tuple(dict.fromkeys(notes)),
        supplied=tuple(stand_ins.used),
        snapshots=_called(grader, request),
        cells=notebook.failures,
        called={name: theirs for name, theirs in names.items() if theirs != name},
        lacks=tuple(method for method in request.adapted if _lacks(found, method)),
    )
    return Code(found, request.root, grader.kept), loaded


_NUMPYS, _PYTHONS = re.compile(rb"random"), re.compile(rb"(?<!np\.)(?<!numpy\.)random|statistics")
"""What code has in its text that draws from NumPy's random numbers, and from Python's: one module draws for others."""


def draws(request: Load) -> tuple[bool, bool]:
    """Whether any code of the submission's, or supplied to it, may draw from NumPy's and from Python's generator."""
    supplied = [*request.supplied.values(), *([request.prelude] if request.prelude else [])]
    written = [os.path.join(folder, name) for folder, _, names in os.walk(request.root) for name in names]
    texts = [_read(path) for path in (*written, *supplied)]
    numpys, pythons = (any(map(word.search, texts)) for word in (_NUMPYS, _PYTHONS))
    return numpys, pythons


def _files(request: Load) -> list[str]:
    """Files that define something asked for; where variables are wanted, the notebooks when none of those is one."""
    files = list(dict.fromkeys(request.files.values()))
    if not request.snapshots or any(map(celltext.is_notebook, files)):
        return files
    found = [os.path.join(folder, name) for folder, _, names in os.walk(request.root) for name in names]
    return files + sorted(os.path.relpath(path, request.root) for path in found if celltext.is_notebook(path))


def _called(grader: Grader, request: Load) -> tuple[str, ...]:
    return tuple(check for check in request.snapshots if check in grader.kept)


def _names(request: Load, modules: dict[str, ModuleType]) -> dict[str, str]:
    """For each name asked for, what the submission calls it: the name itself before its aliases."""
    names = {}
    for name, file in request.files.items():
        for theirs in (name, *request.aliases.get(name, ())):
            if name not in names and file in modules and hasattr(modules[file], theirs):
                names[name] = theirs
    return names


def _lacks(found: dict[str, Any], method: str) -> bool:
    """Whether the method `Class.name` is not there, or the class cannot be made without an option."""
    owner, _, option = method.partition(" without ")
    if option:
        return owner in found and option in _required(found[owner])
    owner, _, name = method.partition(".")
    return owner in found and not hasattr(found[owner], name)


def _required(made: Any) -> list[str]:
    try:
        parameters = inspect.signature(made).parameters.values()
    except (TypeError, ValueError):  # not something that can be called
        return []
    return [p.name for p in parameters if p.default is p.empty]


def _prepare(request: Load, notes: list[str]) -> StandIns:
    """Folders the submission may import from, and stand-ins for what is not there."""
    for folder in _folders(request):
        sys.path.insert(0, folder)
    own = _own_files(request.root)
    parents = _parents(request, own)
    forbidden = request.forbidden, request.forbidden_rule
    loader = stepping.install(request.root, notes)
    stand_ins = StandIns(own, request.supplied, parents, *forbidden, request.bystanders, loader)
    sys.meta_path.append(stand_ins)
    return stand_ins


def _folders(request: Load) -> list[str]:
    """Every folder from each entry file up to the root; the last one put in front of the path is the root."""
    folders = []
    for file in request.files.values():
        folder = os.path.dirname(os.path.join(request.root, file))
        while folder.startswith(request.root + os.sep):
            folders.append(folder)
            folder = os.path.dirname(folder)
    return [*sorted(set(folders), key=len, reverse=True), request.root]


def _own_files(root: str) -> dict[str, str]:
    """The submission's Python files by bare module name, where that name is theirs alone."""
    found: dict[str, list[str]] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(".py") and name != "__init__.py":
                found.setdefault(name[:-3], []).append(os.path.join(folder, name))
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}


def _python_files(request: Load) -> set[str]:
    """Every file of the submission that may be run."""
    return {*_own_files(request.root).values(), *(os.path.join(request.root, f) for f in request.files.values())}


_IMPORTED = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.MULTILINE)


def _parents(request: Load, own: dict[str, str]) -> set[str]:
    """Packages the submission names around modules that are its own or supplied, wherever it was written."""
    found, there = set(), {*own, *request.supplied, *request.bystanders}
    for path in _python_files(request):
        for match in _IMPORTED.findall(_read(path)):
            parts = match.decode().split(".")
            known = [i for i, part in enumerate(parts) if part in there]
            for end in range(1, (known[-1] if known else 0) + 1):
                found.add(".".join(parts[:end]))
    return found


def _import_parents(root: str, parent: str) -> None:
    """Import the packages around a file; one whose own code fails on what is not there becomes an empty one."""
    parts = parent.split(".")
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        try:
            importlib.import_module(name)
        except Exception:
            package = ModuleType(name)
            package.__path__ = [os.path.join(root, *(p for p in parts[:end] if p != "_submission"))]
            sys.modules[name] = package


def _import(
    root: str, file: str, prelude: str, given: Mapping[str, Any], loader: Callable[[str, str], Loader]
) -> ModuleType:
    """Import `file` under the dotted name its place suggests, so that its own imports find the same module.

    Its namespace holds what is `given`, and what the code of `prelude` leaves there.
    """
    path = os.path.join(root, file)
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == path:
            return module
    name = _dotted(root, file)
    parent = name.rpartition(".")[0]
    if parent:
        _import_parents(root, parent)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader(name, path))
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be imported as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    _furnish(module, prelude, given)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _furnish(module: ModuleType, prelude: str, given: Mapping[str, Any]) -> None:
    module.__dict__.update(given)
    if prelude:
        exec(compile(_read(prelude), prelude, "exec"), module.__dict__)  # noqa: S102 - the assignment's own file


def _run(notebook: Notebook, file: str, prelude: str, given: Mapping[str, Any]) -> ModuleType:
    """A module of what the cells of the notebook `file` define."""
    module = ModuleType(_dotted(notebook.root, file))
    sys.modules[module.__name__] = module
    _furnish(module, prelude, {**surroundings(), **given})
    notebook.run(file, _read(os.path.join(notebook.root, file)).decode(), module.__dict__)
    return module


def _dotted(root: str, file: str) -> str:
    """`mytorch/rnn_cell.py` -> `mytorch.rnn_cell`, below packages of ours where a relative import climbs higher."""
    parts = [re.sub(r"\W", "_", part) for part in file.removesuffix(".py").split("/")]
    climbs = max((len(dots) for dots in _RELATIVE.findall(_read(os.path.join(root, file)))), default=0)
    if climbs >= len(parts):
        return ".".join([*_packages_at(root, climbs - len(parts) + 1), *parts])
    if len(parts) == 1 and (parts[0] in sys.modules or parts[0] in sys.stdlib_module_names):
        parts[0] += "_of_submission"  # a file called like a module that others need
    return ".".join(parts)


_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+(\.+)", re.MULTILINE)
"""The dots of relative imports."""


def _packages_at(root: str, depth: int) -> list[str]:
    """Names of nested packages, each of which looks for modules in the submission's root."""
    names = ["_submission"] * depth
    for level in range(1, depth + 1):
        package = ModuleType(".".join(names[:level]))
        package.__path__ = [root]
        sys.modules.setdefault(package.__name__, package)
    return names


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
