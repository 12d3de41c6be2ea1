import torch

from joined import Joined


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(Joined(Wx, Wh).score(x, prev_h) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dscore = (1 + next_h) * (1 - next_h) * dnext_h
    dx, dprev_h, dWx, dWh = Joined(Wx, Wh).grads(x, prev_h, dscore)
    return dx, dprev_h, dWx, dWh, dscore.sum(dim=0)


def rnn_forward(x, h0, Wx, Wh, b):
    cache, h = [], []
    for t in range(x.shape[1]):
        last = h[-1] if h else h0
        out, c = rnn_step_forward(x[:, t], last, Wx, Wh, b)
        h.append(out)
        cache.append(c)
    return torch.stack(h, dim=1), cache


def rnn_backward(dh, cache):
    T = dh.shape[1]
    dx, total = [], None
    for t in range(T - 1, -1, -1):
        dx_t, dprev, *params = rnn_step_backward(dh[:, t], cache[t])
        dx.append(dx_t)
        total = params if total is None else [a + p for a, p in zip(total, params)]
        if t > 0:
            dh[:, t - 1] += dprev  # add it where the previous step will look for it
    dx.reverse()
    dWx, dWh, db = total
    return torch.stack(dx, dim=1), dprev, dWx, dWh, db
