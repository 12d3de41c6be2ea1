"""What a notebook's variables were where it asked to be checked: `grader.check(name)`, which grades nothing here."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from harness.worker.inside.bystanders import Absorbing


class Missing(Exception):
    """Something that the submission does not define was needed."""


class Kept(dict[str, Any]):
    """Variables as they were at one check; asking for one that was not there says so."""

    def __init__(self, check: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.check = check

    def __missing__(self, name: str) -> Any:
        raise Missing(f"{name} is not defined where grader.check({self.check!r}) is called")


class Grader(Absorbing):
    """The `grader` of a notebook: `check` keeps copies of the variables wanted, everything else does nothing."""

    wanted: Mapping[str, Sequence[str]]
    kept: dict[str, Kept]

    def __init__(self, wanted: Mapping[str, Sequence[str]]) -> None:
        super().__init__("otter")
        kept: dict[str, Kept] = {}
        self.__dict__.update(wanted=wanted, kept=kept)

    def check(self, question: Any = None, *args: Any, **kwargs: Any) -> Absorbing:
        """Keep what the caller's module holds under the names wanted for `question`; the latest call counts."""
        if isinstance(question, str) and question in self.wanted:
            namespace = sys._getframe(1).f_globals
            values = {name: plain_copy(namespace[name]) for name in self.wanted[question] if name in namespace}
            self.kept[question] = Kept(question, values)
        return Absorbing("otter")


def plain_copy(value: Any) -> Any:
    """An independent copy of an array, a tensor, or a list or tuple of those; anything else as it is."""
    if type(value) in (list, tuple):
        return type(value)(map(plain_copy, value)) if _is_shallow(value) else value
    if type(value) is np.ndarray:
        return value.copy()
    torch = sys.modules.get("torch")
    if type(torch) is ModuleType and type(value) in (torch.Tensor, torch.nn.Parameter):
        return value.detach().clone()
    return value


def _is_shallow(value: Any, depth: int = 4) -> bool:
    """Whether lists nest at most `depth` deep, so that one that holds itself is left alone."""
    return depth > 0 and all(_is_shallow(part, depth - 1) for part in value if type(part) in (list, tuple))


def modules(grader: Grader) -> dict[str, ModuleType]:
    """What notebooks import a `grader` from: `otter`, whose `Notebook(...)` it is, and the harness's own module."""
    otter, own = ModuleType("otter"), ModuleType("harness.notebook")
    otter.Notebook = lambda *args, **kwargs: grader  # type: ignore[attr-defined]
    own.grader, own.Grader = grader, otter.Notebook  # type: ignore[attr-defined]
    return {"otter": otter, "harness.notebook": own}
