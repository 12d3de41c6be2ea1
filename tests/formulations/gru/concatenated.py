"""One tall matrix for the gates, [x, h, 1] times [Wx; Wh; b]; the candidate has two products of its own."""

import numpy as np


def _sig(a):
    return np.where(a >= 0, 1 / (1 + np.exp(-np.abs(a))), np.exp(-np.abs(a)) / (1 + np.exp(-np.abs(a))))


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    H, one = prev_h.shape[1], np.ones((len(x), 1))
    both = np.hstack([x, prev_h, one])
    tall = np.vstack([Wx[:, : 2 * H], Wh[:, : 2 * H], (bx + bh)[None, : 2 * H]])
    gates = _sig(both.dot(tall))
    past = np.hstack([prev_h, one])
    u = past.dot(np.vstack([Wh[:, 2 * H :], bh[None, 2 * H :]]))
    n = np.tanh(x.dot(Wx[:, 2 * H :]) + bx[2 * H :] + gates[:, :H] * u)
    next_h = gates[:, H:] * prev_h + (1.0 - gates[:, H:]) * n
    return next_h, [both, past, gates, u, n, (Wx, Wh)]


def gru_step_backward(dnext_h, cache):
    both, past, gates, u, n, (Wx, Wh) = cache
    H, D = n.shape[1], Wx.shape[0]
    r, z, prev_h = gates[:, :H], gates[:, H:], past[:, :-1]
    dn = dnext_h * (1 - z) * (1 - np.square(n))
    dgates = np.hstack([dn * u, dnext_h * (prev_h - n)]) * gates * (1 - gates)
    tall = both.T.dot(dgates)
    wide = past.T.dot(dn * r)
    dx = dgates.dot(Wx[:, : 2 * H].T) + dn.dot(Wx[:, 2 * H :].T)
    dprev_h = dnext_h * z + dgates.dot(Wh[:, : 2 * H].T) + (dn * r).dot(Wh[:, 2 * H :].T)
    dWx = np.hstack([tall[:D], both[:, :D].T.dot(dn)])
    dWh = np.hstack([tall[D:-1], wide[:-1]])
    return dx, dprev_h, dWx, dWh, np.hstack([tall[-1], np.sum(dn, 0)]), np.hstack([tall[-1], wide[-1]])


def gru_forward(x, h0, Wx, Wh, bx, bh):
    h, caches = [h0], []
    for x_t in np.swapaxes(x, 0, 1):
        next_h, cache = gru_step_forward(x_t, h[-1], Wx, Wh, bx, bh)
        h.append(next_h)
        caches.append(cache)
    return np.swapaxes(np.array(h[1:]), 0, 1), caches


def gru_backward(dh, caches):
    dx, sums, carry = np.empty((dh.shape[0], dh.shape[1], caches[0][5][0].shape[0])), None, 0
    for t, cache in reversed(list(enumerate(caches))):
        dx[:, t], carry, *grads = gru_step_backward(dh[:, t] + carry, cache)
        sums = grads if sums is None else [s + g for s, g in zip(sums, grads)]
    return (dx, carry, *sums)
