import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = x, prev_h, Wx, Wh, next_h
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dtanh = dnext_h * (1 - next_h ** 2
    dx = dtanh @ Wx.T
    dprev_h = dtanh @ Wh.T
    dWx = x.T @ dtanh
    dWh = prev_h.T @ dtanh
    db = np.sum(dtanh, axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, Wh.shape[0]))
    cache = []
    for t in range(T):
        h0, c = rnn_step_forward(x[:, t], h0, Wx, Wh, b)
        h[:, t] = h0
        cache.append(c)
    return h, cache


def rnn_backward(dh, cache):
    dx, dWx, dWh, db = [], 0, 0, 0
    dprev = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        d, dprev, wx, wh, bb = rnn_step_backward(dh[:, t] + dprev, cache[t])
        dx.append(d)
        dWx, dWh, db = dWx + wx, dWh + wh, db + bb
    return np.stack(dx[::-1], axis=1), dprev, dWx, dWh, db
