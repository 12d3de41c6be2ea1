"""Batched matrix products over the moments after the loop; a dict of stacked tensors made from the list of caches."""
import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.add(torch.matmul(x, Wx), torch.matmul(prev_h, Wh)).add(b).tanh()
    cache = x, prev_h, Wx, Wh, next_h
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    return tuple(g.squeeze(1) if k == 0 else g for k, g in enumerate(rnn_backward(dnext_h.unsqueeze(1), [cache])))


def rnn_forward(x, h0, Wx, Wh, b):
    projected = torch.matmul(x, Wx) + b
    cache, prev = [], h0
    h = torch.zeros_like(projected)
    for t in range(x.shape[1]):
        now = torch.tanh(projected[:, t] + torch.matmul(prev, Wh))
        cache.append((x[:, t], prev, Wx, Wh, now))
        h[:, t] = now
        prev = now
    return h, cache


def rnn_backward(dh, cache):
    Wx, Wh = cache[0][2:4]
    saved = {name: torch.stack([c[k] for c in cache]) for name, k in (("x", 0), ("before", 1), ("after", 4))}
    local = 1 - saved["after"].pow(2)
    upstream = dh.transpose(0, 1)
    da = torch.zeros_like(local)
    carry = torch.zeros_like(local[0])
    for t in range(len(cache) - 1, -1, -1):
        da[t] = torch.mul(upstream[t] + carry, local[t])
        carry = torch.matmul(da[t], Wh.transpose(0, 1))
    dWx = torch.bmm(saved["x"].transpose(1, 2), da).sum(dim=0)
    dWh = torch.bmm(saved["before"].transpose(1, 2), da).sum(dim=0)
    dx = torch.matmul(da, Wx.transpose(0, 1)).transpose(0, 1).contiguous()
    return dx, carry, dWx, dWh, da.sum(dim=(0, 1))
