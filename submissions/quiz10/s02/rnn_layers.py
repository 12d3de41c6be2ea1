"""RNN layers written with einsum.

Index letters used everywhere below:
    n = batch, t = time, d = input feature, h = hidden unit (new), k = hidden unit (old)
"""
import torch
from torch import einsum


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    pre = einsum("nd,dh->nh", x, Wx) + einsum("nk,kh->nh", prev_h, Wh) + b
    next_h = pre.tanh()
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    g = dnext_h * (1.0 - next_h.pow(2))
    return (
        einsum("nh,dh->nd", g, Wx),
        einsum("nh,kh->nk", g, Wh),
        einsum("nd,nh->dh", x, g),
        einsum("nk,nh->kh", prev_h, g),
        einsum("nh->h", g),
    )


def rnn_forward(x, h0, Wx, Wh, b):
    # the input part does not depend on the recurrence, so do all time steps at once
    from_input = einsum("ntd,dh->nth", x, Wx) + b
    states = [h0]
    for t in range(x.size(1)):
        states.append(torch.tanh(from_input[:, t] + einsum("nk,kh->nh", states[-1], Wh)))
    cache = [(x[:, t], states[t], Wx, Wh, states[t + 1]) for t in range(x.size(1))]
    return torch.stack(states[1:], dim=1), cache


def rnn_backward(dh, cache):
    x = torch.stack([step[0] for step in cache], dim=1)
    before = torch.stack([step[1] for step in cache], dim=1)
    after = torch.stack([step[4] for step in cache], dim=1)
    Wx, Wh = cache[0][2], cache[0][3]

    slope = 1.0 - after.pow(2)
    g = torch.empty_like(dh)
    carry = torch.zeros_like(dh[:, 0])
    for t in reversed(range(dh.size(1))):
        g[:, t] = (dh[:, t] + carry) * slope[:, t]
        carry = einsum("nh,kh->nk", g[:, t], Wh)

    dx = einsum("nth,dh->ntd", g, Wx)
    dWx = einsum("ntd,nth->dh", x, g)
    dWh = einsum("ntk,nth->kh", before, g)
    db = einsum("nth->h", g)
    return dx, carry, dWx, dWh, db
