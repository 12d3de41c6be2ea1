import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return h, [x, prev_h, Wx, Wh, h]


def rnn_step_backward(dnext_h, cache):
    h = cache.pop()
    Wh, Wx = cache.pop(), cache.pop()
    prev_h, x = cache.pop(), cache.pop()
    dnext_h *= 1 - h ** 2
    return dnext_h.dot(Wx.T), dnext_h.dot(Wh.T), x.T.dot(dnext_h), prev_h.T.dot(dnext_h), dnext_h.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache = []
    for t in range(T):
        h0, step = rnn_step_forward(x[:, t], h0, Wx, Wh, b)
        h[:, t] = h0
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    T = dh.shape[1]
    dx, dprev, dWx, dWh, db = rnn_step_backward(dh[:, -1], cache.pop())
    steps = [dx]
    while cache:
        T -= 1
        dx, dprev, a, b, c = rnn_step_backward(dh[:, T - 1] + dprev, cache.pop())
        dWx += a
        dWh += b
        db += c
        steps.append(dx)
    return np.stack(steps[::-1], axis=1), dprev, dWx, dWh, db
