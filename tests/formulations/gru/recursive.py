"""The sequence by recursion over time, parameters' gradients added up on the way out."""

import numpy as np


def _sigmoid(a):
    return np.exp(-np.logaddexp(0, -a))


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    (xr, xz, xn), (hr, hz, hn) = (np.split(part, 3, axis=1) for part in (np.dot(x, Wx) + bx, np.dot(prev_h, Wh) + bh))
    r, z = _sigmoid(xr + hr), _sigmoid(xz + hz)
    n = np.tanh(xn + r * hn)
    return np.add((1 - z) * n, z * prev_h), ((x, Wx), (prev_h, Wh), (r, z, n, hn))


def gru_step_backward(dnext_h, cache):
    (x, Wx), (prev_h, Wh), (r, z, n, hn) = cache
    dn = dnext_h * (1 - z) * (1 - n) * (1 + n)
    first = dn * hn * r * (1 - r)
    second = dnext_h * prev_h * z * (1 - z) - dnext_h * n * z * (1 - z)
    da = np.concatenate([first, second, dn], axis=1)
    db = np.concatenate([first, second, r * dn], axis=1)
    dprev_h = z * dnext_h + np.dot(db, Wh.T)
    return np.dot(da, Wx.T), dprev_h, np.dot(x.T, da), np.dot(prev_h.T, db), np.sum(da, axis=0), np.sum(db, axis=0)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    states, caches = _up_to(x.shape[1] - 1, x, h0, Wx, Wh, bx, bh)
    return np.stack(states, axis=1), caches


def _up_to(t, x, h0, *weights):
    if t < 0:
        return [], None
    states, before = _up_to(t - 1, x, h0, *weights)
    h, cache = gru_step_forward(x[:, t], states[-1] if states else h0, *weights)
    return [*states, h], (before, cache)


def gru_backward(dh, cache):
    return _back(dh, np.zeros(dh[:, 0].shape), cache)


def _back(dh, carry, cache):
    before, last = cache
    dx_t, carry, *mine = gru_step_backward(dh[:, -1] + carry, last)
    if before is None:
        return dx_t[:, None], carry, *mine
    dx, dh0, *rest = _back(dh[:, :-1], carry, before)
    return np.append(dx, dx_t[:, None], axis=1), dh0, *(a + b for a, b in zip(rest, mine))
