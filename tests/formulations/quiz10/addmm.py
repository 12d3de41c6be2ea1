"""torch.addmm and baddbmm style: products and sums in one call, buffers filled with out=."""
import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    a = torch.addmm(torch.addmm(b, x, Wx), prev_h, Wh)
    next_h = torch.empty_like(a)
    torch.tanh(a, out=next_h)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = torch.addcmul(dnext_h, dnext_h, next_h * next_h, value=-1)
    dx = torch.mm(da, Wx.t(), out=torch.empty_like(x))
    dprev_h = torch.mm(da, Wh.t(), out=torch.empty_like(prev_h))
    dWx = torch.mm(x.t(), da)
    dWh = torch.mm(prev_h.t(), da)
    return dx, dprev_h, dWx, dWh, torch.mv(da.t(), torch.ones_like(da[:, 0]))


def rnn_forward(x, h0, Wx, Wh, b):
    h = x.new_empty(x.size(0), x.size(1), h0.size(1))
    cache = []
    for t in range(x.size(1)):
        h[:, t], step = rnn_step_forward(x[:, t], cache[-1][4] if cache else h0, Wx, Wh, b)
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    T = dh.size(1)
    dx = dh.new_zeros(dh.size(0), T, cache[0][0].size(1))
    dWx, dWh, db = torch.zeros_like(cache[0][2]), torch.zeros_like(cache[0][3]), dh.new_zeros(dh.size(2))
    carry = torch.zeros_like(cache[0][1])
    for t in range(T - 1, -1, -1):
        x, prev_h, Wx, Wh, h = cache[t]
        da = carry.add(dh[:, t]).mul_(1 - h * h)
        dx[:, t].addmm_(da, Wx.t())
        dWx.addmm_(x.t(), da)
        dWh.addmm_(prev_h.t(), da)
        db.add_(da.sum(0))
        carry = da @ Wh.t()
    return dx, carry, dWx, dWh, db
