"""Stand-ins for what a submission imports and is not there: other homework, bystanders, what a handout forbids."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Callable, Mapping, Sequence, Set
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Any

from harness.worker.inside.bystanders import COMPATIBILITY, Absorbing
from harness.worker.inside.importing import Empty

BYSTANDERS = frozenset(
    {"matplotlib", "pylab", "seaborn", "tqdm", "h5py", "torchvision", "IPython", "PIL", "pandas", "cv2", "imageio"}
    | {"torch", "tensorflow", "jax", "scipy", "numba", "google", "eecs498", "eecs598"}
    | {"wget", "datasets", "tokenizers", "transformers", "makedot", "otter"}
    | COMPATIBILITY
)
"""Modules that homework imports and graded functions never need: always inert, installed or not.
An array library is one where it is not the assignment's own."""
HELPERS = frozenset({"a3_helper", "a4_helper", "a5_helper"})
"""Modules that courses hand out beside the homework, imported with a star for what they import themselves."""
BROUGHT = {
    "F": "torch.nn.functional",
    "nn": "torch.nn",
    "torch": "torch",
    "plt": "matplotlib.pyplot",
    "np": "numpy",
    "math": "math",
}
"""The names that `from … import *` of a helper brings, and the modules they stand for."""

NAMESPACES = ("numpy", "numpy.random", "numpy.linalg")
"""Modules whose names `from pylab import *` brings besides."""
PLOTTING = (
    *("plot", "figure", "subplot", "subplots", "title", "xlabel", "ylabel", "legend", "show", "imshow", "hist", "axis"),
    *("xlim", "ylim", "grid", "savefig", "scatter", "bar", "errorbar", "colorbar", "semilogx", "semilogy", "loglog"),
    *(
        "text",
        "annotate",
        "axhline",
        "axvline",
        "fill_between",
        "tight_layout",
        "gca",
        "gcf",
        "close",
        "clf",
        "rcParams",
    ),
)
"""Names of plotting functions that it brings."""


class StandIns(MetaPathFinder):
    """Comes last but for the forbidden: the student's own files by bare name, supplied handout modules, bystanders."""

    def __init__(
        self,
        own: dict[str, str],
        supplied: dict[str, str],
        parents: Set[str],
        forbidden: Sequence[str],
        rule: str,
        bystanders: Sequence[str] = (),
        loader: Callable[[str, str], Loader] = SourceFileLoader,
    ) -> None:
        self.loader = loader
        self.bystanders = frozenset(bystanders)
        self.own, self.supplied, self.parents = own, supplied, parents
        self.forbidden, self.rule = forbidden, rule
        self.used: dict[str, None] = {}

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """A stand-in for a module that is not there, or None."""
        top, last = name.partition(".")[0], name.rpartition(".")[2]
        if top in self.forbidden:
            return ModuleSpec(name, Inert(Forbidden(self.rule, name)), is_package=True)
        if last in HELPERS and last not in self.own:
            return ModuleSpec(name, Inert(Absorbing(name), BROUGHT))
        if name == "pylab":
            return ModuleSpec(name, Inert(Absorbing("matplotlib"), BROUGHT, namespaces=NAMESPACES))
        if top in BYSTANDERS:
            return ModuleSpec(name, Inert(Absorbing(name)), is_package=True)
        if last in self.own:
            path = self.own[last]
            return spec_from_file_location(name, path, loader=self.loader(name, path))
        if last in self.supplied:
            self.used[name.replace("_submission.", "")] = None
            return spec_from_file_location(name, self.supplied[last])
        if not self.bystanders.isdisjoint(name.split(".")):
            return ModuleSpec(name, Inert(Absorbing(name)), is_package=True)
        if name in self.parents:
            return ModuleSpec(name, Empty(), is_package=True)
        return None


class Inert(Loader):
    """Makes a module whose every attribute is one stand-in object, but for the modules it brings by name."""

    def __init__(self, stand_in: Any, brings: Mapping[str, str] | None = None, namespaces: Sequence[str] = ()) -> None:
        self.stand_in, self.brings, self.namespaces = stand_in, brings or {}, namespaces

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module that hands out the stand-in for any other attribute."""
        return _InertModule(spec.name, self.stand_in, self.brings)

    def exec_module(self, module: ModuleType) -> None:
        """Add the public names of other modules, those of Python itself left as they are."""
        for namespace in map(importlib.import_module, self.namespaces):
            names = {n: v for n, v in vars(namespace).items() if n in namespace.__all__ and not hasattr(builtins, n)}
            module.__dict__.update(names)
            module.__dict__["__all__"] += list(names)
        if self.namespaces:
            module.__dict__.update({name: getattr(self.stand_in, name) for name in PLOTTING})
            module.__dict__["__all__"] += list(PLOTTING)


class _InertModule(ModuleType):
    def __init__(self, name: str, stand_in: Any, brings: Mapping[str, str]) -> None:
        super().__init__(name)
        self.__dict__["_stand_in"] = stand_in
        self.__dict__["_brings"] = brings
        self.__dict__["__all__"] = list(brings)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self.__dict__["_brings"]:
            return importlib.import_module(self.__dict__["_brings"][name])
        return getattr(self.__dict__["_stand_in"], name)


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
