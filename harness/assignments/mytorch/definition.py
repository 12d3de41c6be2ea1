"""What autograd differentiates: the Elman cell and the classifier as the handout defines them, in torch."""

from __future__ import annotations

import torch

Tensors = dict[str, torch.Tensor]


def cell(given: Tensors) -> Tensors:
    """h_t = tanh(W_ih x + b_ih + W_hh h_prev_t + b_hh), equation 3 of the handout."""
    return {"h_t": _elman(given["x"], given["h_prev_t"], given, "")}


def classifier(given: Tensors) -> Tensors:
    """Logits of the top layer's last state: every layer's input is the state of the layer below."""
    return {"logits": classifier_states(given)[-1][-1] @ given["W"].T + given["b"]}


def classifier_states(given: Tensors) -> list[list[torch.Tensor]]:
    """The states of every layer after every step, layer by layer."""
    below, every = list(given["x"].unbind(dim=1)), []
    for layer, state in enumerate(given["h_0"].unbind(dim=0)):
        states = []
        for x_t in below:
            state = _elman(x_t, state, given, f"[{layer}]")
            states.append(state)
        every.append(states)
        below = states
    return every


def _elman(x: torch.Tensor, h: torch.Tensor, given: Tensors, part: str) -> torch.Tensor:
    from_input = x @ given[f"W_ih{part}"].T + given[f"b_ih{part}"]
    return torch.tanh(from_input + h @ given[f"W_hh{part}"].T + given[f"b_hh{part}"])


FORWARDS = {"cell": cell, "classifier": classifier}
STATES = {"classifier": classifier_states}
"""Where there are layers: the states in between, at which a sequence can be started."""
