"""torch.nn.functional.linear with transposed weights; outer products added sample by sample, from the last one on."""
import torch
import torch.nn.functional as F


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(F.linear(x, Wx.t()) + F.linear(prev_h, Wh.t(), b))
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 + next_h) * (1 - next_h)
    dWx, dWh, db = torch.zeros_like(Wx), torch.zeros_like(Wh), torch.zeros_like(Wh[0])
    for n in range(len(x) - 1, -1, -1):
        dWx = dWx + torch.outer(x[n], da[n])
        dWh = dWh + torch.outer(prev_h[n], da[n])
        db = db + da[n]
    return F.linear(da, Wx), F.linear(da, Wh), dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    states, caches = [h0], []
    for x_t in torch.unbind(x, dim=1):
        state, cache = rnn_step_forward(x_t, states[-1], Wx, Wh, b)
        states.append(state)
        caches.append(cache)
    return torch.stack(states[1:], dim=1), caches


def rnn_backward(dh, cache):
    steps, carry = [], 0
    for upstream, one in zip(dh.flip(1).unbind(1), cache[::-1]):
        steps.append(rnn_step_backward(upstream + carry, one))
        carry = steps[-1][1]
    dx = torch.stack([s[0] for s in steps], dim=1).flip(1)
    dWx, dWh, db = (torch.stack([s[k] for s in steps]).sum(0) for k in (2, 3, 4))
    return dx, carry, dWx, dWh, db
