import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(x.mm(Wx) + prev_h.mm(Wh) + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    d = dnext_h * (1 - next_h ** 2)
    dx = d.mm(Wx.T)
    dprev_h = d.mm(Wh.T)
    dWx = x.T.mm(d)
    dWh = prev_h.T.mm(d)
    db = d.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    h = []
    cache = []
    prev = h0
    for t in range(x.shape[1])
        prev, c = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        h.append(prev)
        cache.append(c)
    return torch.stack(h, dim=1), cache


def rnn_backward(dh, cache):
    T = dh.shape[1]
    dx = [None] * T
    dprev = torch.zeros_like(dh[:, 0])
    dWx, dWh, db = 0, 0, 0
    for t in range(T - 1, -1, -1):
        dx[t], dprev, a, b, c = rnn_step_backward(dh[:, t] + dprev, cache[t])
        dWx = dWx + a
        dWh = dWh + b
        db = db + c
    return torch.stack(dx, dim=1), dprev, dWx, dWh, db
