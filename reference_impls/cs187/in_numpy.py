"""The lab's functions in plain numpy: they run on arrays that carry an error bound.

Where two right ways of computing round differently, the way that rounds more is taken: a product of probabilities is
also right as the exponential of a sum of logarithms.
"""

import numpy as np


def forward(input, dim, U, V, W):
    """input (T,D) or a list of T vectors, U, V, W (D,D) -> logits (T,D)."""
    h = np.zeros_like(U[0])
    logits = []
    for x in input:
        h = np.maximum(U @ x + V @ h, 0)
        logits.append(W @ h)
    return np.stack(logits)


def sequence_probability(seq, T):
    """seq (T,V) one-hot, T (V,V) -> the product of the probabilities of each word after the one before it."""
    steps = (seq[:-1] @ T * seq[1:]).sum(axis=1)
    return np.exp(np.log(steps).sum())


def bigram_rnn(T):
    """T (V,V) -> U, V, W (V,V) such that W (U x_t + V h) is the row of T for the word x_t."""
    return np.eye(len(T)), np.zeros_like(T), T.T


def dL_dU(U, V, W, xs, h0):
    """d/dU of the sum of (x_{t+1} - o_t)², by carrying dh_t/dU along: at a kink its factor is anything from 0 to 1."""
    h, dh = h0, np.zeros_like(h0)
    total = np.zeros_like(h0)
    for t in range(len(xs) - 1):
        a = U * xs[t] + V * h
        dh = (xs[t] + V * dh) * (a > 0)
        h = np.maximum(a, 0)
        total = total + 2 * (W * h - xs[t + 1]) * W * dh
    return total


def forward_by_hand(U, V, W, x1, x2, h0):
    """Two steps of the RNN -> h1, o1, h2, o2."""
    h1 = np.maximum(U @ x1 + V @ h0, 0)
    h2 = np.maximum(U @ x2 + V @ h1, 0)
    return {"h1": h1, "o1": W @ h1, "h2": h2, "o2": W @ h2}


def tiny_bigram_RNN(T):
    """The outputs of the RNN above for every word in turn, and once more in the other order."""
    U, V, W = bigram_rnn(T)
    words = np.eye(len(T))
    h, outputs = np.zeros_like(T[0]), []
    for word in np.concatenate([words, words[::-1]]):
        h = U @ word + V @ h
        outputs.append(W @ h)
    return {"o": np.stack(outputs)}


def automatic_diff(U_, V_, x1_, h0_):
    """The derivative of h1[0] by U: its first row is x1 where the rectifier is open, and all else is zero."""
    a = U_ @ x1_ + V_ @ h0_
    first = np.zeros_like(a)
    first[0] = (a > 0)[0]
    return {"U_grad": first.reshape(len(x1_), 1) * x1_.reshape(1, len(x1_))}
