import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.matmul(x, Wx) + np.matmul(prev_h, Wh) + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dsum = (1 - np.power(next_h, 2)) * dnext_h
    dx = np.matmul(dsum, Wx.T)
    dprev_h = np.matmul(dsum, Wh.T)
    dWx = np.matmul(x.T, dsum)
    dWh = np.matmul(prev_h.T, dsum)
    db = np.sum(dsum, axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    h, prev_h = [], h0
    for t in range(x.shape[1]):
        prev_h, _ = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)
        h.append(prev_h)
    return np.stack(h, axis=1), (x, h0, Wx, Wh, h)


def rnn_backward(dh, cache):
    x, h0, Wx, Wh, h = cache
    N, T, D = x.shape
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(h0)
    x_steps = np.split(x, T, axis=1)  # T arrays of shape (N, 1, D)
    for t in range(T - 1, -1, -1):
        x_t = x_steps[t].squeeze()  # get rid of the time axis
        before = h[t - 1] if t > 0 else h0
        step = (x_t, before, Wx, Wh, h[t])
        dx_t, dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, step)
        dx[:, t, :] = dx_t
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db
