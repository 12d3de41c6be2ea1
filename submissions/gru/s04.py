# GRU as in the paper: the reset gate multiplies the state before the matrix does
import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    H = prev_h.shape[1]
    gates = sigmoid(x @ Wx[:, :2 * H] + bx[:2 * H] + prev_h @ Wh[:, :2 * H] + bh[:2 * H])
    r, z = gates[:, :H], gates[:, H:]
    rh = r * prev_h
    n = np.tanh(x @ Wx[:, 2 * H:] + bx[2 * H:] + rh @ Wh[:, 2 * H:] + bh[2 * H:])
    next_h = z * prev_h + (1 - z) * n
    return next_h, (x, prev_h, Wx, Wh, r, z, rh, n)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, r, z, rh, n = cache
    H = r.shape[1]
    da = dnext_h * (1 - z) * (1 - n ** 2)
    drh = da @ Wh[:, 2 * H:].T
    dgates = np.concatenate([drh * prev_h * r * (1 - r), dnext_h * (prev_h - n) * z * (1 - z)], axis=1)
    dprev_h = dnext_h * z + drh * r + dgates @ Wh[:, :2 * H].T
    d = np.concatenate([dgates, da], axis=1)
    dWh = np.concatenate([prev_h.T @ dgates, rh.T @ da], axis=1)
    return d @ Wx.T, dprev_h, x.T @ d, dWh, d.sum(axis=0), d.sum(axis=0)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    h, cache = [], []
    for t in range(x.shape[1]):
        h0, c = gru_step_forward(x[:, t], h0, Wx, Wh, bx, bh)
        h.append(h0)
        cache.append(c)
    return np.stack(h, axis=1), cache


def gru_backward(dh, cache):
    N, T, H = dh.shape
    dx, grads, dh0 = [], [0, 0, 0, 0], np.zeros((N, H))
    for t in reversed(range(T)):
        dx_t, dh0, *step = gru_step_backward(dh[:, t] + dh0, cache[t])
        dx.insert(0, dx_t)
        grads = [g + s for g, s in zip(grads, step)]
    return np.stack(dx, axis=1), dh0, *grads
