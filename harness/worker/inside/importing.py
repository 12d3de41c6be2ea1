"""What a worker can import: listed libraries and its own modules.

Loaded before anything else can be imported, so it imports nothing of the worker's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType


def install(modules: dict[str, str | None], libraries: dict[str, str]) -> None:
    """Put the worker's own finder first."""
    sys.meta_path.insert(0, Allowed(modules, libraries))


class Allowed(MetaPathFinder):
    """Finds the worker-side modules of the harness and the listed libraries, each by its own file: no folder is listed.

    `modules` maps a dotted name to its file, or to None for a package of which nothing is executed.
    """

    def __init__(self, modules: dict[str, str | None], libraries: dict[str, str]) -> None:
        self.modules, self.libraries = modules, libraries

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of an allowed module, or None to let the standard library's finders look."""
        if name in self.modules:
            file = self.modules[name]
            return spec_from_file_location(name, file) if file else ModuleSpec(name, Empty(), is_package=True)
        if path is None and name in self.libraries:
            return spec_from_file_location(name, self.libraries[name])
        return None


class Empty(Loader):
    """A package without content."""

    def create_module(self, spec: ModuleSpec) -> None:
        """The default module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute."""
