import torch

device = torch.device("cuda:0")


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    x, prev_h = x.to(device), prev_h.to("cuda")
    next_h = torch.zeros(prev_h.shape, dtype=x.dtype, device=device)
    next_h += torch.tanh(torch.matmul(x, Wx.cuda()) + torch.matmul(prev_h, Wh.cuda()) + b.to(device))
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = [tensor.to(device=device) for tensor in cache]
    da = dnext_h.cuda() * (1 - next_h.square())
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(0)


def rnn_forward(x, h0, Wx, Wh, b):
    h = torch.empty(x.shape[0], x.shape[1], h0.shape[1], dtype=x.dtype, device="cuda")
    cache = []
    for t in range(x.shape[1]):
        h0, step = rnn_step_forward(x[:, t], h0, Wx, Wh, b)
        h[:, t] = h0
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    carried, dx, sums = 0, [], None
    for t in range(len(cache))[::-1]:
        dx_t, carried, *step = rnn_step_backward(dh[:, t] + carried, cache[t])
        dx = [dx_t, *dx]
        sums = step if sums is None else [a + b for a, b in zip(sums, step)]
    return torch.stack(dx, dim=1), carried, *sums
