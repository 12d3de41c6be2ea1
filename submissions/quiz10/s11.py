import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h ** 2)
    dx = dz @ Wx.T
    dprev_h = dz @ Wh.T
    dWx = x.T @ dz
    dWh = prev_h.T @ dz
    db = torch.sum(dz, dim=0, keepdim=True)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    T = x.shape[1]
    h = [h0]
    cache = []
    for t in range(T):
        nh, c = rnn_step_forward(x[:, t], h[t], Wx, Wh, b)
        h.append(nh)
        cache.append(c)
    return torch.stack(h[1:], dim=1), cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    dh0 = None
    # last step first, it has no successor
    dx_last, dprev, dWx, dWh, db = rnn_step_backward(dh[:, T - 1], cache[T - 1])
    dx = [dx_last]
    for t in range(T - 2, -1, -1):
        dx_t, dprev, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev, cache[t])
        dx = [dx_t] + dx
        dWx = dWx + dWx_t
        dWh = dWh + dWh_t
        db = db + db_t
        if t == 0:
            dh0 = dprev
    return torch.stack(dx, dim=1), dh0, dWx, dWh, db.reshape(H)
