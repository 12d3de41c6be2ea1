"""One sample at a time, one unit at a time: nothing but loops over plain numbers, in preallocated float64 buffers."""
import math

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    N, D = x.shape
    H = b.shape[0]
    next_h = np.zeros((N, H))
    for n in range(N):
        for j in range(H):
            total = 0.0
            for i in range(D):
                total += x[n, i] * Wx[i, j]
            for i in range(H):
                total += prev_h[n, i] * Wh[i, j]
            next_h[n, j] = math.tanh(total + b[j])
    return next_h, (next_h, b, Wh, Wx, prev_h, x)


def rnn_step_backward(dnext_h, cache):
    next_h, b, Wh, Wx, prev_h, x = cache
    N, D = x.shape
    H = b.shape[0]
    dx, dprev_h = np.zeros((N, D)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for n in range(N):
        for j in range(H):
            da = dnext_h[n, j] * (1.0 - next_h[n, j]) * (1.0 + next_h[n, j])
            db[j] += da
            for i in range(D):
                dx[n, i] += da * Wx[i, j]
                dWx[i, j] += da * x[n, i]
            for i in range(H):
                dprev_h[n, i] += da * Wh[i, j]
                dWh[i, j] += da * prev_h[n, i]
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h = np.zeros((N, T, b.shape[0]))
    cache = {}
    prev = h0
    for t in range(T):
        prev, cache[t] = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        h[:, t] = prev
    cache["size"] = x.shape
    return h, cache


def rnn_backward(dh, cache):
    N, T, D = cache["size"]
    H = dh.shape[2]
    dx, dprev = np.zeros((N, T, D)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for t in range(T)[::-1]:
        dx[:, t], dprev, wx, wh, bias = rnn_step_backward(dh[:, t] + dprev, cache[t])
        dWx += wx
        dWh += wh
        db += bias
    return dx, dprev, dWx, dWh, db
