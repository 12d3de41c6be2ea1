from __future__ import print_function, division
from builtins import range
import numpy as np

from cs231n.layers import *

"""
Recurrent layers, one sample after the other. Slow, but I can follow every index.
"""


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    N, D = x.shape
    H = b.shape[0]
    next_h = np.zeros((N, H))
    for n in range(N):
        for j in range(H):
            s = b[j]
            for d in range(D):
                s += x[n, d] * Wx[d, j]
            for k in range(H):
                s += prev_h[n, k] * Wh[k, j]
            next_h[n, j] = np.tanh(s)
    cache = (next_h, x, prev_h, Wx, Wh)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    next_h, x, prev_h, Wx, Wh = cache
    dx = np.zeros_like(x)
    dprev_h = np.zeros_like(prev_h)
    dWx = np.zeros_like(Wx)
    dWh = np.zeros_like(Wh)
    db = np.zeros(Wh.shape[1])
    for n in range(x.shape[0]):
        ds = dnext_h[n] * (1 - next_h[n] ** 2)  # (H,)
        dx[n] = Wx.dot(ds)
        dprev_h[n] = Wh.dot(ds)
        dWx += np.outer(x[n], ds)
        dWh += np.outer(prev_h[n], ds)
        db += ds
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, b.shape[0]))
    steps = {}
    prev = h0
    for t in range(T):
        h[:, t, :], steps[t] = rnn_step_forward(x[:, t, :], prev, Wx, Wh, b)
        prev = h[:, t, :]
    return h, steps


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][1].shape[1]
    dx = np.zeros((N, T, D))
    dWx = np.zeros((D, H))
    dWh = np.zeros((H, H))
    db = np.zeros(H)
    dnext = np.zeros((N, H))
    for t in reversed(range(T)):
        dx[:, t, :], dnext, a, b, c = rnn_step_backward(dh[:, t, :] + dnext, cache[t])
        dWx += a
        dWh += b
        db += c
    return dx, dnext, dWx, dWh, db


def word_embedding_forward(x, W):
    N, T = x.shape
    out = np.zeros((N, T, W.shape[1]))
    for n in range(N):
        for t in range(T):
            out[n, t] = W[x[n, t]]
    return out, (x, W)


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            dW[x[n, t]] += dout[n, t]
    return dW


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    N, H = prev_h.shape
    next_h, next_c = np.zeros((N, H)), np.zeros((N, H))
    gates = np.zeros((N, 4 * H))
    for n in range(N):
        a = b + np.dot(x[n], Wx) + np.dot(prev_h[n], Wh)
        for k in range(4 * H):
            gates[n, k] = sigmoid(a[k]) if k < 3 * H else np.tanh(a[k])
        for j in range(H):
            next_c[n, j] = gates[n, H + j] * prev_c[n, j] + gates[n, j] * gates[n, 3 * H + j]
            next_h[n, j] = gates[n, 2 * H + j] * np.tanh(next_c[n, j])
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, gates, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, gates, next_c = cache
    N, H = dnext_h.shape
    da, dprev_c = np.zeros((N, 4 * H)), np.zeros((N, H))
    for n in range(N):
        for j in range(H):
            i, f, o, g = gates[n, j], gates[n, H + j], gates[n, 2 * H + j], gates[n, 3 * H + j]
            y = np.tanh(next_c[n, j])
            dc = dnext_c[n, j] + dnext_h[n, j] * o * (1 - y * y)
            da[n, j] = dc * g * i * (1 - i)
            da[n, H + j] = dc * prev_c[n, j] * f * (1 - f)
            da[n, 2 * H + j] = dnext_h[n, j] * y * o * (1 - o)
            da[n, 3 * H + j] = dc * i * (1 - g * g)
            dprev_c[n, j] = dc * f
    return np.dot(da, Wx.T), np.dot(da, Wh.T), dprev_c, np.dot(x.T, da), np.dot(prev_h.T, da), da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h, cache = np.zeros((N, T, h0.shape[1])), []
    prev_h, prev_c = h0, np.zeros(h0.shape)
    for t in range(T):
        prev_h, prev_c, c = lstm_step_forward(x[:, t, :], prev_h, prev_c, Wx, Wh, b)
        h[:, t, :] = prev_h
        cache.append(c)
    return h, cache


def lstm_backward(dh, cache):
    N, T, H = dh.shape
    dx, dh0, dc = [None] * T, np.zeros((N, H)), np.zeros((N, H))
    dWx = dWh = db = 0
    for t in range(T - 1, -1, -1):
        dx[t], dh0, dc, a, b, c = lstm_step_backward(dh[:, t, :] + dh0, dc, cache[t])
        dWx, dWh, db = dWx + a, dWh + b, db + c
    return np.stack(dx, axis=1), dh0, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    out = np.zeros((N, T, w.shape[1]))
    for t in range(T):
        out[:, t, :] = np.dot(x[:, t, :], w) + b
    return out, (x, w, b)


def temporal_affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for t in range(x.shape[1]):
        dx[:, t, :] = np.dot(dout[:, t, :], w.T)
        dw += np.dot(x[:, t, :].T, dout[:, t, :])
        db += dout[:, t, :].sum(axis=0)
    return dx, dw, db


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    loss, dx = 0.0, np.zeros(x.shape)
    for n in range(N):
        for t in range(T):
            if not mask[n, t]:
                continue
            e = np.exp(x[n, t] - np.max(x[n, t]))
            p = e / np.sum(e)
            loss += -np.log(p[y[n, t]]) / N
            dx[n, t] = p / N
            dx[n, t, y[n, t]] -= 1.0 / N
    return loss, dx
