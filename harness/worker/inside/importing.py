"""What a worker can import: listed libraries, its own modules, and stand-ins for what a handout does not allow."""

from __future__ import annotations

import sys
from collections.abc import Sequence, Set
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Any

BYSTANDERS = frozenset(
    {"matplotlib", "pylab", "seaborn", "tqdm", "h5py", "torchvision", "IPython", "PIL", "pandas", "cv2", "imageio"}
    | {"torch", "tensorflow", "jax", "scipy", "numba", "past", "future", "six", "google"}
    | {"wget", "datasets", "tokenizers", "transformers", "makedot", "otter"}
    | {"a4_helper", "a5_helper", "eecs498", "eecs598"}
)
"""Modules that homework imports and graded functions never need: always inert, installed or not.
An array library is one where it is not the assignment's own."""


def install(modules: dict[str, str | None], libraries: dict[str, str]) -> None:
    """Put the worker's own finder first."""
    sys.meta_path.insert(0, Allowed(modules, libraries))


class Allowed(MetaPathFinder):
    """Finds the worker-side modules of the harness and the listed libraries, each in its own place.

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
            return PathFinder.find_spec(name, [self.libraries[name]])
        return None


class Empty(Loader):
    """A package without content."""

    def create_module(self, spec: ModuleSpec) -> None:
        """The default module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute."""


class StandIns(MetaPathFinder):
    """Comes last but for the forbidden: the student's own files by bare name, supplied handout modules, bystanders."""

    def __init__(
        self,
        own: dict[str, str],
        supplied: dict[str, str],
        parents: Set[str],
        forbidden: Sequence[str],
        rule: str,
    ) -> None:
        self.own, self.supplied, self.parents = own, supplied, parents
        self.forbidden, self.rule = forbidden, rule
        self.used: dict[str, None] = {}

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """A stand-in for a module that is not there, or None."""
        top, last = name.partition(".")[0], name.rpartition(".")[2]
        if top in self.forbidden:
            return ModuleSpec(name, Inert(Forbidden(self.rule, name)), is_package=True)
        if top in BYSTANDERS:
            return ModuleSpec(name, Inert(Absorbing(name)), is_package=True)
        if last in self.own:
            return spec_from_file_location(name, self.own[last])
        if last in self.supplied:
            self.used[name] = None
            return spec_from_file_location(name, self.supplied[last])
        if name in self.parents:
            return ModuleSpec(name, Empty(), is_package=True)
        return None


class Inert(Loader):
    """Makes a module whose every attribute is one stand-in object."""

    def __init__(self, stand_in: Any) -> None:
        self.stand_in = stand_in

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module that hands out the stand-in for any attribute."""
        return _InertModule(spec.name, self.stand_in)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute."""


class _InertModule(ModuleType):
    def __init__(self, name: str, stand_in: Any) -> None:
        super().__init__(name)
        self.__dict__["_stand_in"] = stand_in
        self.__dict__["__all__"] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__["_stand_in"]


class Absorbing:
    """Swallows every use of a bystander; cannot become a number."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Absorbing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        """Settings are swallowed."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A progress bar around an iterable is that iterable; everything else is the stand-in again."""
        iterable = bool(args) and hasattr(args[0], "__iter__") and self.__dict__["_name"].startswith("tqdm")
        return args[0] if iterable else self

    def __getitem__(self, key: Any) -> Absorbing:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        """Settings are swallowed."""

    def __enter__(self) -> Absorbing:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing to leave."""

    def __iter__(self) -> Any:
        return iter((self, self))

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return (object,)


class ForbiddenUse(Exception):
    """A submission used what its handout forbids."""


class Forbidden:
    """Importing it is harmless; using it fails with the handout's rule."""

    def __init__(self, rule: str, name: str) -> None:
        self.__dict__["_text"] = f"{name.partition('.')[0]} is used here, but the handout says: {rule}"

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise ForbiddenUse(self.__dict__["_text"])

    def __getattr__(self, name: str) -> Forbidden:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    __call__ = __setattr__ = __getitem__ = __setitem__ = __enter__ = __iter__ = __array__ = _refuse
    __mro_entries__ = __add__ = __radd__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = __float__ = _refuse
