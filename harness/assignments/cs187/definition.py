"""What autograd differentiates, and the definitions in the handout's own terms, in torch."""

from __future__ import annotations

import torch

Tensors = dict[str, torch.Tensor]


def forward(given: Tensors) -> Tensors:
    """h_t = max(0, U x_t + V h_{t-1}), h_0 = 0; o_t = W h_t."""
    state = torch.zeros_like(given["input"][0])
    outputs = []
    for x_t in given["input"].unbind():
        state = torch.relu(given["U"].mv(x_t) + given["V"].mv(state))
        outputs.append(given["W"].mv(state))
    return {"logits": torch.stack(outputs)}


def bigram(given: Tensors) -> Tensors:
    """The product of T[w_{i-1}, w_i] over i >= 1; and, for every word, its row of T."""
    rows = given["T"][given["seq"].argmax(dim=1)]
    following = given["seq"].argmax(dim=1)[1:, None]
    return {"probability": rows[:-1].gather(1, following).prod(), "o": rows}


def scalar(given: Tensors) -> Tensors:
    """L = sum of (x_{t+1} - o_t)² for the scalar RNN."""
    state, loss = given["h0"], torch.zeros_like(given["U"])
    for x_t, target in zip(given["xs"][:-1], given["xs"][1:], strict=True):
        state = torch.relu(given["U"] * x_t + given["V"] * state)
        loss = loss + (target - given["W"] * state).square()
    return {"loss": loss}


FORWARDS = {"forward": forward, "bigram": bigram, "scalar": scalar}
