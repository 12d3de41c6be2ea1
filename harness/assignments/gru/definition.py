"""What autograd differentiates: PyTorch's own GRU cell, which has the gates in the order r, z, n as well."""

from __future__ import annotations

import torch

Tensors = dict[str, torch.Tensor]


def step(given: Tensors) -> Tensors:
    """One step of `torch.nn.GRUCell`, whose weights are those of the handout transposed."""
    return {"next_h": _cell(given["x"], given["prev_h"], given)}


def sequence(given: Tensors) -> Tensors:
    """The cell at every step, its states stacked to (N, T, H)."""
    state, states = given["h0"], []
    for x_t in given["x"].unbind(dim=1):
        state = _cell(x_t, state, given)
        states.append(state)
    return {"h": torch.stack(states, dim=1)}


def _cell(x: torch.Tensor, state: torch.Tensor, given: Tensors) -> torch.Tensor:
    found: torch.Tensor = torch.gru_cell(x, state, given["Wx"].T, given["Wh"].T, given["bx"], given["bh"])
    return found


FORWARDS = {"gru_step": step, "gru": sequence}
