"""Every product spelt out with torch.einsum; the sequence's gradients contracted over samples and moments at once."""
import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(torch.einsum("nd,dh->nh", x, Wx) + torch.einsum("nk,kh->nh", prev_h, Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)
    return (
        torch.einsum("nh,dh->nd", da, Wx),
        torch.einsum("nh,kh->nk", da, Wh),
        torch.einsum("nd,nh->dh", x, da),
        torch.einsum("nk,nh->kh", prev_h, da),
        torch.einsum("nh->h", da),
    )


def rnn_forward(x, h0, Wx, Wh, b):
    cache, h = [], h0
    for x_t in x.unbind(1):
        h, step = rnn_step_forward(x_t, h, Wx, Wh, b)
        cache.append(step)
    return torch.stack([step[-1] for step in cache], 1), cache


def rnn_backward(dh, cache):
    x, before, Wx, Wh, after = zip(*cache)
    Wx, Wh = Wx[0], Wh[0]
    pre, carry = [], torch.zeros_like(before[0])
    for upstream, h in zip(reversed(dh.unbind(1)), reversed(after)):
        da = (upstream + carry) * (1 - h.square())
        pre.append(da)
        carry = torch.einsum("nh,kh->nk", da, Wh)
    pre = torch.stack(pre[::-1])
    dx = torch.einsum("tnh,dh->ntd", pre, Wx)
    dWx = torch.einsum("tnd,tnh->dh", torch.stack(x), pre)
    dWh = torch.einsum("tnk,tnh->kh", torch.stack(before), pre)
    return dx, carry, dWx, dWh, torch.einsum("tnh->h", pre)
