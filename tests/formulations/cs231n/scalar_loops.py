"""RNN layers with a loop over every sample and every unit."""

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    N, D = x.shape
    H = prev_h.shape[1]
    next_h = np.empty((N, H))
    for n in range(N):
        for j in range(H):
            total = b[j]
            for d in range(D):
                total = total + x[n, d] * Wx[d, j]
            for k in range(H):
                total = total + prev_h[n, k] * Wh[k, j]
            next_h[n, j] = np.tanh(total)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    N, D = x.shape
    H = prev_h.shape[1]
    dx, dprev_h = np.zeros((N, D)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for n in range(N):
        for j in range(H):
            dz = dnext_h[n, j] * (1.0 - next_h[n, j]) * (1.0 + next_h[n, j])
            db[j] += dz
            for d in range(D):
                dx[n, d] += Wx[d, j] * dz
                dWx[d, j] += x[n, d] * dz
            for k in range(H):
                dprev_h[n, k] += Wh[k, j] * dz
                dWh[k, j] += prev_h[n, k] * dz
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h = np.empty((N, T, h0.shape[1]))
    caches = []
    state = h0
    for t in range(T):
        state, cache = rnn_step_forward(x[:, t, :], state, Wx, Wh, b)
        h[:, t, :] = state
        caches.append(cache)
    return h, caches


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx = np.empty((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    carried = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dx[:, t, :], carried, dwx_t, dwh_t, db_t = rnn_step_backward(dh[:, t, :] + carried, cache[t])
        dWx += dwx_t
        dWh += dwh_t
        db += db_t
    return dx, carried, dWx, dWh, db


def word_embedding_forward(x, W):
    out = np.empty(x.shape + W.shape[1:])
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            for d in range(W.shape[1]):
                out[n, t, d] = W[x[n, t], d]
    return out, (x, W.shape)


def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            for d in range(shape[1]):
                dW[x[n, t], d] += dout[n, t, d]
    return dW


def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    out = np.empty((N, T, len(b)))
    for n in range(N):
        for t in range(T):
            for m in range(len(b)):
                out[n, t, m] = b[m] + sum(x[n, t, d] * w[d, m] for d in range(D))
    return out, (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    N, T, D = x.shape
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for n in range(N):
        for t in range(T):
            for m in range(w.shape[1]):
                db[m] += dout[n, t, m]
                for d in range(D):
                    dx[n, t, d] += dout[n, t, m] * w[d, m]
                    dw[d, m] += dout[n, t, m] * x[n, t, d]
    return dx, dw, db


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    loss, dx = 0.0, np.zeros((N, T, V))
    for n in range(N):
        for t in range(T):
            top = max(x[n, t, v] for v in range(V))
            total = sum(np.exp(x[n, t, v] - top) for v in range(V))
            if not mask[n, t]:
                continue
            loss += (np.log(total) + top - x[n, t, y[n, t]]) / N
            for v in range(V):
                dx[n, t, v] = (np.exp(x[n, t, v] - top) / total - (v == y[n, t])) / N
    return loss, dx
