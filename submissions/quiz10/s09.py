import torch

DT = torch.float64  # single precision was not enough for my gradient check


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h ** 2)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, prev_h.T @ dz, dz.sum(0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    Wx_, Wh_, b_ = Wx.to(DT), Wh.to(DT), b.to(DT)
    h = torch.zeros(N, T, h0.shape[1], dtype=DT)
    cache = []
    prev = h0.to(DT)
    for t in range(T):
        cur = torch.tanh(x[:, t].to(DT) @ Wx_ + prev @ Wh_ + b_)
        h[:, t] = cur
        cache.append((x[:, t], prev, Wx, Wh, cur))
        prev = cur
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx = torch.zeros(N, T, D, dtype=DT)
    dWx = torch.zeros(D, H, dtype=DT)
    dWh = torch.zeros(H, H, dtype=DT)
    db = torch.zeros(H, dtype=DT)
    dprev = torch.zeros(N, H, dtype=DT)
    for t in reversed(range(T)):
        # cast everything up so nothing gets mixed
        up = [v.to(DT) for v in cache[t]]
        dx[:, t], dprev, a, b, c = rnn_step_backward(dh[:, t].to(DT) + dprev, up)
        dWx += a
        dWh += b
        db += c
    return dx, dprev, dWx, dWh, db
