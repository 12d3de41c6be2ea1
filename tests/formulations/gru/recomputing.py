"""The cache holds what was handed in and nothing else; the backward computes the forward again, with cosh for tanh."""

import numpy as np


def _gates(x, h, Wx, Wh, bx, bh):
    H = h.shape[1]
    def block(k):
        columns = slice(k * H, (k + 1) * H)
        return x @ Wx[:, columns] + bx[columns], h @ Wh[:, columns] + bh[columns]

    r, z = (0.5 * (1 + np.tanh(sum(block(k)) / 2)) for k in (0, 1))
    given, past = block(2)
    return r, z, past, given + r * past


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    _, z, _, a = _gates(x, prev_h, Wx, Wh, bx, bh)
    return z * prev_h + (1 - z) * np.tanh(a), (x, prev_h, Wx, Wh, bx, bh)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, bx, bh = cache
    H = prev_h.shape[1]
    r, z, past, a = _gates(*cache)
    dn = dnext_h * (1 - z) / np.cosh(a) ** 2
    blocks = [dn * past * (r - r * r), dnext_h * (prev_h - np.tanh(a)) * (z - z * z), dn]
    dx, dprev_h = np.zeros(x.shape), dnext_h * z
    dWx, dWh, dbx, dbh = (np.zeros(w.shape) for w in (Wx, Wh, bx, bh))
    for k, given in enumerate(blocks):
        columns, past = slice(k * H, (k + 1) * H), given * r if k == 2 else given
        dx = dx + given @ Wx[:, columns].T
        dprev_h = dprev_h + past @ Wh[:, columns].T
        dWx[:, columns], dWh[:, columns] = x.T @ given, prev_h.T @ past
        dbx[columns], dbh[columns] = given.sum(0), past.sum(0)
    return dx, dprev_h, dWx, dWh, dbx, dbh


def gru_forward(x, h0, Wx, Wh, bx, bh):
    h = [h0]
    for t in range(x.shape[1]):
        h.append(gru_step_forward(x[:, t], h[t], Wx, Wh, bx, bh)[0])
    return np.stack(h[1:], 1), (x, h, Wx, Wh, bx, bh)


def gru_backward(dh, cache):
    x, h, *weights = cache
    total, dx, g = [0, 0, 0, 0], np.zeros(x.shape), 0
    for t in range(x.shape[1] - 1, -1, -1):
        dx[:, t], g, *mine = gru_step_backward(g + dh[:, t], (x[:, t], h[t], *weights))
        total = [a + b for a, b in zip(total, mine)]
    return [dx, g, *total]
