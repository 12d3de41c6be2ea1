"""One sample at a time, as vectors that are columns: weights transposed, outer products for their gradients."""

import numpy as np


def _sigma(v):
    return 1.0 / (1.0 + np.exp(-v))


def _step(x, h, Wx, Wh, bx, bh):
    H = h.size
    i, s = Wx.T @ x + bx, Wh.T @ h + bh
    r, z = _sigma(i[:H] + s[:H]), _sigma(i[H : 2 * H] + s[H : 2 * H])
    n = np.tanh(i[2 * H :] + r * s[2 * H :])
    return (1 - z) * n + z * h, (x, h, r, z, n, s[2 * H :])


def _back(g, kept, Wx, Wh):
    x, h, r, z, n, u = kept
    dn = g * (1 - z) * (1 - n * n)
    dr, dz = dn * u * r * (1 - r), g * (h - n) * z * (1 - z)
    di, ds = np.concatenate((dr, dz, dn)), np.concatenate((dr, dz, dn * r))
    return Wx @ di, Wh @ ds + g * z, np.outer(x, di), np.outer(h, ds), di, ds


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    found = [_step(x[i], prev_h[i], Wx, Wh, bx, bh) for i in range(len(x))]
    return np.array([h for h, _ in found]), ([kept for _, kept in found], Wx, Wh)


def gru_step_backward(dnext_h, cache):
    kept, Wx, Wh = cache
    found = [_back(g, k, Wx, Wh) for g, k in zip(dnext_h, kept)]
    dx, dprev_h, *weights = zip(*found)
    return np.array(dx), np.array(dprev_h), *(np.sum(one, axis=0) for one in weights)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    samples, caches = [], []
    for sequence, h in zip(x, h0):
        states, kept = [], []
        for x_t in sequence:
            h, cache = _step(x_t, h, Wx, Wh, bx, bh)
            states.append(h)
            kept.append(cache)
        samples.append(states)
        caches.append(kept)
    return np.array(samples), (caches, Wx, Wh)


def gru_backward(dh, cache):
    caches, Wx, Wh = cache
    dx, dh0, weights = [], [], []
    for upstream, kept in zip(dh, caches):
        g, mine = np.zeros(dh.shape[2]), []
        for up, one in zip(upstream[::-1], kept[::-1]):
            dx_t, g, *grads = _back(g + up, one, Wx, Wh)
            mine.insert(0, dx_t)
            weights.append(grads)
        dx.append(mine)
        dh0.append(g)
    return np.array(dx), np.array(dh0), *(np.sum(one, axis=0) for one in zip(*weights))
