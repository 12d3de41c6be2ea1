import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(torch.addmm(b, x, Wx) + prev_h.matmul(Wh))
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dact = dnext_h.mul(1 - next_h.square())
    return dact.matmul(Wx.mT), dact.matmul(Wh.mT), x.mT.matmul(dact), prev_h.mT.matmul(dact), dact.sum(0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h = torch.zeros(N, T, h0.shape[1], dtype=x.dtype)
    cache = []
    prev = h0
    t = 0
    while True:
        if t == T:
            break
        next_h, step_cache = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        h[:, t] = next_h
        if len(cache) < T:
            cache.append(step_cache)
        prev = next_h
    return h, cache


def rnn_backward(dh, cache):
    T = dh.shape[1]
    grads = [rnn_step_backward(dh[:, -1], cache[-1])]
    # walk backwards, newest gradients at the front of the list
    for t in range(T - 2, -1, -1):
        grads.insert(0, rnn_step_backward(dh[:, t] + grads[0][1], cache[t]))
    dx = torch.stack([g[0] for g in grads], dim=1)
    dWx = sum(g[2] for g in grads)
    dWh = sum(g[3] for g in grads)
    db = sum(g[4] for g in grads)
    return dx, grads[0][1], dWx, dWh, db
