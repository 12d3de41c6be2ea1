import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    H = prev_h.shape[1]
    a, b = x @ Wx + bx, prev_h @ Wh + bh
    r, z = sigmoid(a[:, :H] + b[:, :H]), sigmoid(a[:, H:2 * H] + b[:, H:2 * H])
    n = np.tanh(a[:, 2 * H:] + r * b[:, 2 * H:])
    return (1 - z) * n + z * prev_h, (x, prev_h, Wx, Wh, r, z, n, b)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, r, z, n, b = cache
    H = prev_h.shape[1]
    dn = dnext_h * (1 - z) * (1 - n ** 2)
    dz = dnext_h * (prev_h - n) * z * (1 - z)
    dr = dn * b[:, 2 * H:] * r * (1 - r)
    da = np.concatenate([dr, dz, dn], axis=1)
    db = np.concatenate([dr, dz, dn * r], axis=1)
    return da @ Wx.T, db @ Wh.T + dnext_h * z, x.T @ da, prev_h.T @ db, da.sum(axis=0), db.sum(axis=0)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    h, cache = [h0], []
    for t in range(x.shape[1]):
        out, c = gru_step_forward(x[:, t], h[t], Wx, Wh, bx, bh)
        h.append(out)
        cache.append(c)
    return np.stack(h[1:], axis=1), cache


def gru_backward(dh, cache):
    dx = []
    dprev_h = 0
    for t in reversed(range(dh.shape[1])):
        dx_t, dprev_h, dWx, dWh, dbx, dbh = gru_step_backward(dh[:, t] + dprev_h, cache[t])
        dx.append(dx_t)
    return np.stack(dx[::-1], axis=1), dprev_h, dWx, dWh, dbx, dbh
