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


# --- what a notebook computes from its own inputs --------------------------------------------------------------------


def forward_by_hand(given: Tensors) -> Tensors:
    """Two steps from h0 with inputs x1 and x2."""
    h1 = torch.relu(given["U"].mv(given["x1"]) + given["V"].mv(given["h0"]))
    h2 = torch.relu(given["U"].mv(given["x2"]) + given["V"].mv(h1))
    return {"h1": h1, "o1": given["W"].mv(h1), "h2": h2, "o2": given["W"].mv(h2)}


def tiny_bigram(given: Tensors) -> Tensors:
    """The rows of T for every word, and once more in the other order."""
    return {"o": torch.cat([given["T"], given["T"].flip(0)])}


def automatic_diff(given: Tensors) -> Tensors:
    """The derivative of the first element of h1 by the whole matrix U."""
    U = given["U_"].clone().requires_grad_()
    h1 = torch.relu(U.mv(given["x1_"]) + given["V_"].mv(given["h0_"]))
    return {"U_grad": torch.autograd.grad(h1[0], U)[0]}


VALUES = {"forward_by_hand": forward_by_hand, "tiny_bigram_RNN": tiny_bigram, "automatic_diff": automatic_diff}


def bigram_outputs(given: Tensors, made: Tensors) -> Tensors:
    """What an RNN with matrices made by a student gives for every word, and once more in the other order. Raises
    `RuntimeError` when the matrices do not fit together."""
    words = torch.eye(len(given["T"]), dtype=given["T"].dtype)
    sequence = torch.cat([words, words.flip(0)])
    state = torch.zeros_like(made["U"] @ sequence[0])
    outputs = []
    for word in sequence:
        state = made["U"] @ word + made["V"] @ state
        outputs.append(made["W"] @ state)
    return {"o": torch.stack(outputs)}


OBSERVED = {"tiny_bigram_RNN": bigram_outputs}
"""Variables that are not judged themselves, but by what becomes of them."""
