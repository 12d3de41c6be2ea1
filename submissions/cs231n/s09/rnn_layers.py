import numpy as np

FLOAT = np.float32  # same as the CaptioningRNN default


def to32(*arrays):
    return [np.asarray(a, dtype=FLOAT) for a in arrays]


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    x, prev_h, Wx, Wh, b = to32(x, prev_h, Wx, Wh, b)
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    (dnext_h,) = to32(dnext_h)
    x, prev_h, Wx, Wh, next_h = cache
    dpre = dnext_h * (FLOAT(1) - next_h * next_h)
    dx = dpre @ Wx.T
    dprev_h = dpre @ Wh.T
    dWx = x.T @ dpre
    dWh = prev_h.T @ dpre
    db = np.sum(dpre, axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H), dtype=FLOAT)
    cache = []
    for t in range(T):
        prev = h0 if t == 0 else h[:, t - 1]
        h[:, t], step = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx = np.zeros((N, T, D), dtype=FLOAT)
    dWx = np.zeros((D, H), dtype=FLOAT)
    dWh = np.zeros((H, H), dtype=FLOAT)
    db = np.zeros(H, dtype=FLOAT)
    dprev = np.zeros((N, H), dtype=FLOAT)
    for t in range(T - 1, -1, -1):
        step = rnn_step_backward(dh[:, t] + dprev, cache[t])
        dx[:, t], dprev = step[0], step[1]
        dWx += step[2]
        dWh += step[3]
        db += step[4]
    return dx, dprev, dWx, dWh, db
