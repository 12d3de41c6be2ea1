"""Model solution of the GRU assignment in plain numpy: one step and a sequence, forward and backward.

Written so that it also runs on arrays that carry an error bound: no buffer is made but from its inputs.
"""

import numpy as np


def sigmoid(a):
    """The logistic function; never overflows."""
    return 0.5 * (np.tanh(0.5 * a) + 1)


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    """One step of a GRU: x (N,D), prev_h (N,H), Wx (D,3H), Wh (H,3H), bx, bh (3H,) -> next_h (N,H), cache."""
    H = prev_h.shape[1]
    ax = x @ Wx + bx
    ah = prev_h @ Wh + bh
    r = sigmoid(ax[:, :H] + ah[:, :H])
    z = sigmoid(ax[:, H : 2 * H] + ah[:, H : 2 * H])
    u = ah[:, 2 * H :]
    a = ax[:, 2 * H :] + r * u
    n = np.tanh(a)
    next_h = (1 - z) * n + z * prev_h
    cache = (x, prev_h, Wx, Wh, r, z, n, u)
    return next_h, cache


def gru_step_backward(dnext_h, cache):
    """Gradients of one step: dnext_h (N,H), cache -> dx, dprev_h, dWx, dWh, dbx, dbh."""
    x, prev_h, Wx, Wh, r, z, n, u = cache
    dz = dnext_h * (prev_h - n)
    dn = dnext_h * (1 - z)
    da = dn * (1 - n ** 2)
    dr = da * u
    dar = dr * r * (1 - r)
    daz = dz * z * (1 - z)
    dax = np.concatenate([dar, daz, da], axis=1)
    dah = np.concatenate([dar, daz, da * r], axis=1)
    dx = dax @ Wx.T
    dprev_h = dah @ Wh.T + dnext_h * z
    dWx = x.T @ dax
    dWh = prev_h.T @ dah
    dbx = dax.sum(axis=0)
    dbh = dah.sum(axis=0)
    return dx, dprev_h, dWx, dWh, dbx, dbh


def gru_forward(x, h0, Wx, Wh, bx, bh):
    """A sequence: x (N,T,D), h0 (N,H) -> h (N,T,H), cache."""
    hidden, states, cache = h0, [], []
    for t in range(x.shape[1]):
        hidden, step_cache = gru_step_forward(x[:, t], hidden, Wx, Wh, bx, bh)
        states.append(hidden)
        cache.append(step_cache)
    return np.stack(states, axis=1), cache


def gru_backward(dh, cache):
    """Gradients of a sequence: dh (N,T,H), cache -> dx (N,T,D), dh0 (N,H), dWx, dWh, dbx, dbh."""
    N, T, H = dh.shape
    carry = np.zeros_like(dh[:, 0])
    inputs, sums = [], (0.0, 0.0, 0.0, 0.0)
    for t in range(T - 1, -1, -1):
        step = gru_step_backward(dh[:, t] + carry, cache[t])
        carry = step[1]
        inputs.append(step[0])
        sums = tuple(total + one for total, one in zip(sums, step[2:]))
    return np.stack(inputs[::-1], axis=1), carry, *sums
