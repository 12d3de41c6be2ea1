"""The quiz with all that can be done at once for every step taken out of the loop; the cache is the printed one."""

import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    h, cache = rnn_forward(x[:, None], prev_h, Wx, Wh, b)
    return h[:, 0], cache[0]


def rnn_step_backward(dnext_h, cache):
    dx, *rest = rnn_backward(dnext_h[:, None], [cache])
    return (dx[:, 0], *rest)


def rnn_forward(x, h0, Wx, Wh, b):
    z = torch.tensordot(x, Wx, dims=1) + b
    h = [h0]
    for t in range(z.shape[1]):
        h.append(torch.tanh(z[:, t] + h[t] @ Wh))
    cache = [(x[:, t], h[t], Wx, Wh, h[t + 1]) for t in range(z.shape[1])]
    return torch.stack(h[1:]).transpose(0, 1), cache


def rnn_backward(dh, cache):
    xs, prevs, Wxs, Whs, nexts = zip(*cache)
    Wx, Wh = Wxs[0], Whs[0]
    slopes = 1 - torch.stack(nexts) ** 2
    dz = torch.empty_like(slopes)
    back = torch.zeros_like(prevs[0])
    for t in range(len(cache) - 1, -1, -1):
        torch.mul(dh[:, t] + back, slopes[t], out=dz[t])
        back = dz[t] @ Wh.T
    dx = torch.matmul(dz, Wx.T).permute(1, 0, 2)
    dWx = torch.bmm(torch.stack(xs).transpose(1, 2), dz).sum(0)
    dWh = torch.tensordot(torch.stack(prevs), dz, dims=([0, 1], [0, 1]))
    return dx, back, dWx, dWh, dz.sum(dim=(0, 1))
