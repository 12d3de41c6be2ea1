"""Input and state side by side, times the two weight matrices stacked; the gradients split apart."""
import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(torch.cat((x, prev_h), dim=1).matmul(torch.cat((Wx, Wh), dim=0)).add(b))
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    sizes = [x.shape[1], prev_h.shape[1]]
    da = dnext_h - dnext_h * next_h ** 2
    dx, dprev_h = torch.split(da.matmul(torch.cat((Wx, Wh)).T), sizes, dim=1)
    dWx, dWh = torch.split(torch.cat((x, prev_h), dim=1).T.matmul(da), sizes, dim=0)
    return dx, dprev_h, dWx, dWh, da.sum(dim=0)


def rnn_forward(x, h0, Wx, Wh, b):
    hidden, cache = h0, []
    outputs = []
    for t in range(x.shape[1]):
        hidden, saved = rnn_step_forward(x.select(1, t), hidden, Wx, Wh, b)
        outputs.append(hidden.unsqueeze(1))
        cache.append(saved)
    return torch.cat(outputs, dim=1), cache


def rnn_backward(dh, cache):
    T = dh.shape[1]
    total, dx = None, [None] * T
    dprev = torch.zeros_like(dh[:, 0])
    for t in reversed(range(T)):
        dx[t], dprev, *grads = rnn_step_backward(dh.select(1, t) + dprev, cache[t])
        total = grads if total is None else [a + g for a, g in zip(total, grads)]
    return (torch.stack(dx, dim=1), dprev, *total)
