"""Model solution of the lab on RNN calculations, in plain torch."""

import torch


def relu(x):
    """The rectifier as the handout prints it."""
    return torch.clamp(x, min=0)


def forward(input, dim, U, V, W):
    """A ReLU RNN: input (T,D) or a list of T vectors, U, V, W (D,D) -> logits (T,D)."""
    h = torch.zeros(dim)
    logits = []
    for x in input:
        h = relu(U @ x + V @ h)
        logits.append(W @ h)
    return torch.stack(logits)


def sequence_probability(seq, T):
    """A sequence of one-hot rows seq (T,V) under a bigram table T (V,V) -> its probability, a single number."""
    words = [row.argmax() for row in seq]
    probability = torch.tensor(1.0)
    for i in range(1, len(words)):
        probability = probability * T[words[i - 1], words[i]]
    return probability


def bigram_rnn(T):
    """A bigram table T (V,V) -> U, V, W (V,V) of an RNN without an activation that outputs the current word's row."""
    U = torch.eye(len(T))
    V = torch.zeros_like(T)
    W = T.T
    return U, V, W


def dL_dU(U, V, W, xs, h0):
    """The scalar RNN's dL/dU for L = sum of (x_{t+1} - o_t)²: xs holds one number more than there are steps."""
    N = len(xs) - 1
    h, active = [h0], []
    for t in range(N):
        a = U * xs[t] + V * h[t]
        h.append(relu(a))
        active.append(a > 0)
    dU, g = 0 * U, 0 * U
    for t in reversed(range(N)):
        g = g + 2 * (W * h[t + 1] - xs[t + 1]) * W
        da = g * active[t]
        dU = dU + da * xs[t]
        g = da * V
    return dU
