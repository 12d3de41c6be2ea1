"""Weights taken apart into one matrix a gate; both biases of the gates added up first; subtraction instead of 1 - z."""

import numpy as np


def _sigmoid(a):
    e = np.exp(-np.abs(a))
    return np.where(a < 0, e, 1) / (1 + e)


def _parts(W):
    return np.array_split(W, 3, axis=-1)


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    (Wr, Wz, Wn), (Ur, Uz, Un), (br, bz, bn), (cr, cz, cn) = map(_parts, (Wx, Wh, bx, bh))
    reset = _sigmoid(np.matmul(x, Wr) + np.matmul(prev_h, Ur) + (br + cr))
    update = _sigmoid(np.matmul(x, Wz) + np.matmul(prev_h, Uz) + (bz + cz))
    memory = np.matmul(prev_h, Un) + cn
    candidate = np.tanh(np.matmul(x, Wn) + reset * memory + bn)
    return candidate - update * (candidate - prev_h), (x, prev_h, Wx, Wh, reset, update, memory, candidate)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, reset, update, memory, candidate = cache
    (Wr, Wz, Wn), (Ur, Uz, Un) = _parts(Wx), _parts(Wh)
    dcandidate = (dnext_h - dnext_h * update) * (1 - candidate * candidate)
    dmemory = dcandidate * reset
    dreset = dcandidate * memory * (reset * (1 - reset))
    dupdate = (dnext_h * prev_h - dnext_h * candidate) * (update * (1 - update))
    dx = dreset @ Wr.T + dupdate @ Wz.T + dcandidate @ Wn.T
    dprev_h = dreset @ Ur.T + dupdate @ Uz.T + dmemory @ Un.T + update * dnext_h
    dWx = np.concatenate([x.T @ g for g in (dreset, dupdate, dcandidate)], axis=1)
    dWh = np.concatenate([prev_h.T @ g for g in (dreset, dupdate, dmemory)], axis=1)
    dbx = np.concatenate([g.sum(axis=0) for g in (dreset, dupdate, dcandidate)])
    dbh = np.concatenate([g.sum(axis=0) for g in (dreset, dupdate, dmemory)])
    return dx, dprev_h, dWx, dWh, dbx, dbh


def gru_forward(x, h0, Wx, Wh, bx, bh):
    N, T, _ = x.shape
    h, caches = np.empty((N, T, h0.shape[1]), dtype=h0.dtype), []
    for t in range(T):
        h[:, t], cache = gru_step_forward(x[:, t], h[:, t - 1] if t else h0, Wx, Wh, bx, bh)
        caches.append(cache)
    return h, caches


def gru_backward(dh, cache):
    dx, dprev, *sums = (g[:, None] if k == 0 else g for k, g in enumerate(gru_step_backward(dh[:, -1], cache[-1])))
    for t in range(dh.shape[1] - 2, -1, -1):
        dx_t, dprev, *more = gru_step_backward(dh[:, t] + dprev, cache[t])
        dx = np.concatenate([dx_t[:, None], dx], axis=1)
        sums = [total + one for total, one in zip(sums, more)]
    return dx, dprev, *sums
