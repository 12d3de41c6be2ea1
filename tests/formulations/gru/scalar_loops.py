"""Loops over samples and units, one number at a time."""

import math

import numpy as np


def _sigmoid(a):
    return 1 / (1 + math.exp(-a)) if a >= 0 else 1 - 1 / (1 + math.exp(a))


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    N, D = x.shape
    H = prev_h.shape[1]
    next_h, r, z, n, u = (np.zeros((N, H)) for _ in range(5))
    for i in range(N):
        for j in range(H):
            given, past = [bx[j + k * H] for k in range(3)], [bh[j + k * H] for k in range(3)]
            for k in range(3):
                for d in range(D):
                    given[k] += x[i, d] * Wx[d, j + k * H]
                for m in range(H):
                    past[k] += prev_h[i, m] * Wh[m, j + k * H]
            r[i, j], z[i, j], u[i, j] = _sigmoid(given[0] + past[0]), _sigmoid(given[1] + past[1]), past[2]
            n[i, j] = math.tanh(given[2] + r[i, j] * u[i, j])
            next_h[i, j] = (1 - z[i, j]) * n[i, j] + z[i, j] * prev_h[i, j]
    return next_h, (x, prev_h, Wx, Wh, r, z, n, u)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, r, z, n, u = cache
    (N, D), H = x.shape, prev_h.shape[1]
    dx, dprev_h = np.zeros((N, D)), np.zeros((N, H))
    dWx, dWh, dbx, dbh = np.zeros((D, 3 * H)), np.zeros((H, 3 * H)), np.zeros(3 * H), np.zeros(3 * H)
    for i in range(N):
        for j in range(H):
            up = dnext_h[i, j]
            candidate = up * (1 - z[i, j]) * (1 - n[i, j] ** 2)
            reset = candidate * u[i, j] * r[i, j] * (1 - r[i, j])
            update = up * (prev_h[i, j] - n[i, j]) * z[i, j] * (1 - z[i, j])
            dprev_h[i, j] += up * z[i, j]
            given, past = (reset, update, candidate), (reset, update, candidate * r[i, j])
            for k in range(3):
                column = j + k * H
                dbx[column] += given[k]
                dbh[column] += past[k]
                for d in range(D):
                    dx[i, d] += given[k] * Wx[d, column]
                    dWx[d, column] += given[k] * x[i, d]
                for m in range(H):
                    dprev_h[i, m] += past[k] * Wh[m, column]
                    dWh[m, column] += past[k] * prev_h[i, m]
    return dx, dprev_h, dWx, dWh, dbx, dbh


def gru_forward(x, h0, Wx, Wh, bx, bh):
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[1]):
        state, cache = gru_step_forward(x[:, t, :], state, Wx, Wh, bx, bh)
        h[:, t, :] = state
        caches.append(cache)
    return h, caches


def gru_backward(dh, cache):
    N, T, H = dh.shape
    x, _, Wx, Wh = cache[0][:4]
    dx, carry = np.zeros((N, T, x.shape[1])), np.zeros((N, H))
    dWx, dWh, dbx, dbh = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(3 * H), np.zeros(3 * H)
    t = T
    while t > 0:
        t -= 1
        dx[:, t], carry, a, b, c, d = gru_step_backward(dh[:, t] + carry, cache[t])
        dWx += a
        dWh += b
        dbx += c
        dbh += d
    return dx, carry, dWx, dWh, dbx, dbh
