"""Model solution of the quiz, in plain torch.

The cache has the layout the handout prints: a tuple (x, prev_h, Wx, Wh, next_h) a step, a list of them a sequence.
"""

import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One step of a tanh RNN: x (N,D), prev_h (N,H), Wx (D,H), Wh (H,H), b (H,) -> next_h (N,H), cache."""
    next_h = torch.tanh(x @ Wx + prev_h @ Wh + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """Gradients of one step: dnext_h (N,H), cache -> dx (N,D), dprev_h (N,H), dWx (D,H), dWh (H,H), db (H,)."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """A sequence: x (N,T,D), h0 (N,H) -> h (N,T,H), cache."""
    N, T, D = x.shape
    states, prev = [], h0
    for t in range(T):
        prev = torch.tanh(x[:, t] @ Wx + prev @ Wh + b)
        states.append(prev)
    h = torch.stack(states, axis=1)
    cache = [(x[:, t], h0 if t == 0 else h[:, t - 1], Wx, Wh, h[:, t]) for t in range(T)]
    return h, cache


def rnn_backward(dh, cache):
    """Gradients of a sequence: dh (N,T,H), cache -> dx (N,T,D), dh0 (N,H), dWx (D,H), dWh (H,H), db (H,)."""
    x, h = torch.stack([step[0] for step in cache], axis=1), torch.stack([step[4] for step in cache], axis=1)
    _, h0, Wx, Wh, _ = cache[0]
    N, T, D = x.shape
    dx, dWx, dWh, db = torch.zeros_like(x), torch.zeros_like(Wx), torch.zeros_like(Wh), torch.zeros_like(h0[0])
    g = torch.zeros_like(h0)
    for t in reversed(range(T)):
        prev = h[:, t - 1] if t > 0 else h0
        g = g + dh[:, t]
        da = g * (1 - h[:, t] ** 2)
        dx[:, t] = da @ Wx.T
        dWx = dWx + x[:, t].T @ da
        dWh = dWh + prev.T @ da
        db = db + da.sum(axis=0)
        g = da @ Wh.T
    dh0 = g
    return dx, dh0, dWx, dWh, db
