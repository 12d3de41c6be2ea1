"""1/cosh² of a pre-activation got back from the state; a product over the batch by broadcasting, then a sum."""
import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    a = (x[:, :, None] * Wx[None]).sum(1) + (prev_h[:, :, None] * Wh[None]).sum(1) + b
    next_h = torch.tanh(a)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def slope(h):
    # where tanh rounds to one, cosh(atanh) is infinite and the slope zero
    return 1 / torch.cosh(torch.atanh(h)) ** 2


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * slope(next_h)
    dx = (da[:, None, :] * Wx[None]).sum(-1)
    dprev_h = (da[:, None, :] * Wh[None]).sum(-1)
    dWx = (x[:, :, None] * da[:, None, :]).sum(0)
    dWh = (prev_h[:, :, None] * da[:, None, :]).sum(0)
    return dx, dprev_h, dWx, dWh, da.sum(0)


def rnn_forward(x, h0, Wx, Wh, b):
    h, cache = [], []
    state = h0
    for t in range(x.shape[1]):
        state, one = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        cache += [one]
        h += [state]
    return torch.stack(h).permute(1, 0, 2), cache


def rnn_backward(dh, cache):
    dxs, carry, sums = [], torch.zeros_like(cache[0][1]), [0, 0, 0]
    for t in range(len(cache) - 1, -1, -1):
        dx, carry, *grads = rnn_step_backward(carry + dh[:, t], cache[t])
        dxs.insert(0, dx)
        sums = [s + g for s, g in zip(sums, grads)]
    return torch.stack(dxs).transpose(0, 1), carry, *sums
