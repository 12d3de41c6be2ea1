"""Everything by einsum, over all steps at once where that is possible; caches are dicts."""

import numpy as np


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    H = prev_h.shape[1]
    given = np.einsum("nd,dgh->gnh", x, Wx.reshape(-1, 3, H)) + bx.reshape(3, 1, H)
    past = np.einsum("nk,kgh->gnh", prev_h, Wh.reshape(H, 3, H)) + bh.reshape(3, 1, H)
    r, z = _sigmoid(given[:2] + past[:2])
    n = np.tanh(given[2] + r * past[2])
    cache = {"x": x, "h": prev_h, "Wx": Wx, "Wh": Wh, "r": r, "z": z, "n": n, "past": past[2]}
    return n + z * (prev_h - n), cache


def gru_step_backward(dnext_h, cache):
    h, r, z, n = (cache[name] for name in ("h", "r", "z", "n"))
    H = h.shape[1]
    da = np.einsum("nh,nh,nh->nh", dnext_h, 1 - z, 1 - n * n)
    dr = np.einsum("nh,nh,nh,nh->nh", da, cache["past"], r, 1 - r)
    dz = np.einsum("nh,nh,nh,nh->nh", dnext_h, h - n, z, 1 - z)
    given, past = np.stack([dr, dz, da]), np.stack([dr, dz, da * r])
    dx = np.einsum("gnh,dgh->nd", given, cache["Wx"].reshape(-1, 3, H))
    dprev_h = np.einsum("gnh,kgh->nk", past, cache["Wh"].reshape(H, 3, H)) + dnext_h * z
    dWx = np.einsum("nd,gnh->dgh", cache["x"], given).reshape(-1, 3 * H)
    dWh = np.einsum("nk,gnh->kgh", h, past).reshape(H, 3 * H)
    return dx, dprev_h, dWx, dWh, np.einsum("gnh->gh", given).reshape(-1), np.einsum("gnh->gh", past).reshape(-1)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    caches = {}
    h = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    for t in range(x.shape[1]):
        h0, caches[t] = gru_step_forward(x[:, t], h0, Wx, Wh, bx, bh)
        h[:, t] = h0
    return h, caches


def gru_backward(dh, cache):
    T = dh.shape[1]
    dh0 = np.zeros(dh[:, 0].shape)
    dx, weights = {}, {}
    for t in range(T)[::-1]:
        dx[t], dh0, *weights[t] = gru_step_backward(dh[:, t] + dh0, cache[t])
    sums = (sum(weights[t][k] for t in range(T)) for k in range(4))
    return np.stack([dx[t] for t in range(T)], axis=1), dh0, *sums
