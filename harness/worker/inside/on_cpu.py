"""Runs code that names a graphics card on the CPU, where there is no card: the results are the same numbers."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from typing import Any

_CARD = re.compile(r"cuda(:\d+)?")


def fall_back(sources: list[bytes]) -> list[str]:
    """Take `cuda` for `cpu` from now on, if the sources name it and it is not there; a note that says so."""
    import torch
    from torch.overrides import TorchFunctionMode

    if torch.cuda.is_available() or not any(map(_asks_for_a_card, sources)):
        return []

    class OnCpu(TorchFunctionMode):  # type: ignore[misc]
        """Changes the devices in the arguments of torch's functions."""

        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if function is torch.Tensor.cuda:
                return args[0]
            moved = {name: _on_cpu(value) for name, value in (kwargs or {}).items()}
            return function(*map(_on_cpu, args), **moved)

    def _on_cpu(value: Any) -> Any:
        named = isinstance(value, str) and value.partition(":")[0] == "cuda"
        is_card = isinstance(value, torch.device) and value.type == "cuda"
        return type(value)("cpu") if named or is_card else value

    OnCpu().__enter__()
    return ["there is no graphics card here: what asks for cuda ran on the CPU"]


def _asks_for_a_card(source: bytes) -> bool:
    """Whether a file names the device or calls a method `cuda`; handouts have the word in their text."""
    return b"cuda" in source and any(map(_asks, _nodes(source)))


def _nodes(source: bytes) -> Iterable[ast.AST]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.walk(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # told when it is imported
        return ()


def _asks(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "cuda"
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_CARD.fullmatch(node.value))
