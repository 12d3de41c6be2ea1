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
