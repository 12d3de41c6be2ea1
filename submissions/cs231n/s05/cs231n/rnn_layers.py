import numpy as np


def sigmoid(z):
    """stable for large |z|"""
    e = np.exp(-abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


# squashing function of the RNN
f = sigmoid


def df(out):
    # slope written in terms of the output
    return out * (1 - out)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    z = x @ Wx + prev_h @ Wh + b
    next_h = f(z)
    return next_h, [x, prev_h, Wx, Wh, next_h]


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = df(next_h) * dnext_h
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, prev_h.T @ dz, dz.sum(0)


def rnn_forward(x, h0, Wx, Wh, b):
    hs, cache = [h0], []
    for xt in x.swapaxes(0, 1):
        next_h, c = rnn_step_forward(xt, hs[-1], Wx, Wh, b)
        hs.append(next_h)
        cache.append(c)
    return np.array(hs[1:]).swapaxes(0, 1), cache


def rnn_backward(dh, cache):
    dxs = []
    dprev = np.zeros_like(dh[:, 0])
    dWx, dWh, db = 0, 0, 0
    for t, c in reversed(list(enumerate(cache))):
        dxt, dprev, a, b, d = rnn_step_backward(dh[:, t] + dprev, c)
        dxs.insert(0, dxt)
        dWx, dWh, db = dWx + a, dWh + b, db + d
    return np.array(dxs).swapaxes(0, 1), dprev, dWx, dWh, db
