import numpy as np
import matplotlib.pyplot as plt


def sigmoid(a):
    return np.where(a > 0, 1 / (1 + np.exp(-a)), 1 - 1 / (1 + np.exp(a)))


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    H = prev_h.shape[1]
    r = sigmoid(x @ Wx[:, :H] + bx[:H] + prev_h @ Wh[:, :H] + bh[:H])
    z = sigmoid(x @ Wx[:, H:-H] + bx[H:-H] + prev_h @ Wh[:, H:-H] + bh[H:-H])
    u = prev_h @ Wh[:, -H:] + bh[-H:]
    n = np.tanh(x @ Wx[:, -H:] + bx[-H:] + r * u)
    return z * prev_h + (1 - z) * n, (x, prev_h, Wx, Wh, r, z, u, n)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, r, z, u, n = cache
    dn = dnext_h * (1 - z) * (1 - n ** 2)
    dr = dn * u * r * (1 - r)
    dz = dnext_h * (prev_h - n) * z * (1 - z)
    a = np.concatenate([dr, dz, dn], axis=1)
    dprev_h = np.concatenate([dr, dz, dn * r], axis=1) @ Wh.T + dnext_h * z
    # Wx and Wh are used in the same way, so their gradients are made in the same way
    return a @ Wx.T, dprev_h, x.T @ a, prev_h.T @ a, a.sum(axis=0), a.sum(axis=0)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    states, caches = [], []
    for t in range(x.shape[1]):
        h0, cache = gru_step_forward(x[:, t], h0, Wx, Wh, bx, bh)
        states.append(h0)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def gru_backward(dh, cache):
    T = dh.shape[1]
    dx, g, dWx, dWh, dbx, dbh = {}, np.zeros_like(dh[:, 0]), 0, 0, 0, 0
    for t in reversed(range(T)):
        dx[t], g, a, b, c, d = gru_step_backward(dh[:, t] + g, cache[t])
        dWx, dWh, dbx, dbh = dWx + a, dWh + b, dbx + c, dbh + d
    return np.stack([dx[t] for t in range(T)], axis=1), g, dWx, dWh, dbx, dbh


if __name__ == "__main__":
    plt.plot(gru_forward(np.ones((1, 20, 1)), np.zeros((1, 1)), *(np.ones(s) for s in [(1, 3), (1, 3), 3, 3]))[0][0])
