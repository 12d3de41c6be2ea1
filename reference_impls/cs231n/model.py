"""Model solution of the captioning assignment's vanilla RNN layers, in plain numpy.

Written so that it also runs on arrays that carry an error bound: no buffer is made but from its inputs.
"""

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One step of a tanh RNN: x (N,D), prev_h (N,H), Wx (D,H), Wh (H,H), b (H,) -> next_h (N,H), cache."""
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = (x, prev_h, Wx, Wh, b, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """Gradients of one step: dnext_h (N,H), cache -> dx (N,D), dprev_h (N,H), dWx (D,H), dWh (H,H), db (H,)."""
    x, prev_h, Wx, Wh, b, next_h = cache
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
        prev = np.tanh(x[:, t] @ Wx + prev @ Wh + b)
        states.append(prev)
    h = np.stack(states, axis=1)
    cache = (x, h0, Wx, Wh, b, h)
    return h, cache


def rnn_backward(dh, cache):
    """Gradients of a sequence: dh (N,T,H), cache -> dx (N,T,D), dh0 (N,H), dWx (D,H), dWh (H,H), db (H,)."""
    x, h0, Wx, Wh, b, h = cache
    N, T, D = x.shape
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    g = np.zeros_like(h0)
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
