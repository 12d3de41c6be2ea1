import torch as th


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """x: N,D / prev_h: N,H / Wx: D,H / Wh: H,H / b: H"""
    next_h = th.tanh(x @ Wx + prev_h @ Wh)
    cache = x, prev_h, Wx, Wh, next_h
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    # through the tanh
    dz = dnext_h - dnext_h * next_h ** 2
    # through the matmuls
    dWx, dx = x.T @ dz, dz @ Wx.T
    dWh, dprev_h = prev_h.T @ dz, dz @ Wh.T
    # through the bias (broadcast -> sum)
    db = dz.sum(0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = b.shape[0]
    h = x.new_zeros(N, T, H)
    cache = []
    state = h0
    for t in range(T):
        state, step = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    x0, _, Wx, Wh, _ = cache[0]
    dx = dh.new_zeros(N, T, x0.shape[1])
    dWx, dWh, db = th.zeros_like(Wx), th.zeros_like(Wh), dh.new_zeros(H)
    dstate = dh.new_zeros(N, H)
    for t in range(T)[::-1]:
        dx[:, t], dstate, gWx, gWh, gb = rnn_step_backward(dh[:, t] + dstate, cache[t])
        dWx, dWh, db = dWx + gWx, dWh + gWh, db + gb
    return dx, dstate, dWx, dWh, db
