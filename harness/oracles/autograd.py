"""The first oracle: PyTorch autograd, in float64, of the forward functions the handout defines."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import torch

from harness.assignments import registry
from harness.assignments.contract import Assignment, Group, Tensor, part_names

Array = np.ndarray[Any, Any]


def answers(assignment: Assignment, group: Group, inputs: dict[str, Array], dims: dict[str, int]) -> dict[str, Array]:
    """Every result of the group's entry points on these inputs: forward results, and gradients in their reduction.

    The objective is the sum of every forward result times its upstream gradient, as a backward pass assumes; or the
    one result the group names where there is no upstream gradient (which need not be returned by an entry point).
    Integers stay what they are.
    """
    upstream = {name: torch.from_numpy(inputs[name].astype(np.float64)) for name in group.upstream}
    leaves = {name: _leaf(name, array, group) for name, array in inputs.items() if name not in upstream}
    results = _definition(assignment).FORWARDS[group.name](leaves)
    objective = sum((results[of] * upstream[name]).sum() for name, of in group.upstream.items())
    objective = results[group.objective] if group.objective else objective
    tensors = [t for e in assignment.entry_points if e.group == group.name for t in e.tensors]
    returned = {t.name for t in tensors}
    found = {n: r.detach().numpy() for n, r in results.items() if n != group.objective or n in returned}
    wanted = [t for t in tensors if t.wrt]
    return found | _gradients(objective, leaves, wanted, dims)


def states(assignment: Assignment, group: Group, inputs: dict[str, Array]) -> Array | None:
    """The states of a stack of layers after every step, (L,T,N,H); None for a group that has no layers."""
    every = getattr(_definition(assignment), "STATES", {})
    if group.name not in every:
        return None
    leaves = {name: torch.from_numpy(array.astype(np.float64)) for name, array in inputs.items()}
    found: Array = torch.stack([torch.stack(of_layer) for of_layer in every[group.name](leaves)]).numpy()
    return found


def _leaf(name: str, array: Array, group: Group) -> torch.Tensor:
    if name in group.whole:
        return torch.from_numpy(array)
    return torch.from_numpy(array.astype(np.float64)).requires_grad_()


def _definition(assignment: Assignment) -> Any:
    return importlib.import_module(registry.folders()[assignment.id] + ".definition")


def _gradients(
    objective: Any, leaves: dict[str, torch.Tensor], wanted: list[Tensor], dims: dict[str, int]
) -> dict[str, Array]:
    names: list[str] = []
    of: list[torch.Tensor] = []
    divisors: list[int] = []
    for tensor in wanted:
        names += part_names(tensor.name, tensor.per_layer, dims)
        parts = part_names(tensor.wrt, tensor.per_layer, dims)
        of += [leaves[part] for part in parts]
        divisors += [dims["N"] if tensor.reduction == "mean" else 1] * len(parts)
    if not names:
        return {}
    gradients = torch.autograd.grad(objective, of)
    return {name: (g / n).numpy() for name, g, n in zip(names, gradients, divisors, strict=True)}
