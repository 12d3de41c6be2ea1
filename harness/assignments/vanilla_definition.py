"""The vanilla RNN's forward functions as the handouts define them, in torch: what autograd differentiates."""

from __future__ import annotations

import torch

Tensors = dict[str, torch.Tensor]


def step(given: Tensors) -> Tensors:
    """next_h = tanh(x Wx + prev_h Wh + b)."""
    return {"next_h": torch.tanh(given["x"] @ given["Wx"] + given["prev_h"] @ given["Wh"] + given["b"])}


def sequence(given: Tensors) -> Tensors:
    """h_t = tanh(x_t Wx + h_{t-1} Wh + b) for every t, stacked to (N, T, H)."""
    state, states = given["h0"], []
    for x_t in given["x"].unbind(dim=1):
        state = torch.tanh(x_t @ given["Wx"] + state @ given["Wh"] + given["b"])
        states.append(state)
    return {"h": torch.stack(states, dim=1)}


FORWARDS = {"rnn_step": step, "rnn": sequence}
