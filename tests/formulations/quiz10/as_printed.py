"""The handout's printed functions, with the return statements it has lost."""
import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = torch.tanh(torch.mm(x, Wx) + torch.mm(prev_h, Wh) + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dout_dnext_h = dnext_h * (1 - torch.pow(next_h, 2))
    dx = dout_dnext_h.mm(Wx.T)
    dprev_h = dout_dnext_h.mm(Wh.T)
    dWx = x.T.mm(dout_dnext_h)
    dWh = prev_h.T.mm(dout_dnext_h)
    db = dout_dnext_h.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    _, H = h0.shape
    N, T, D = x.shape
    h = torch.zeros((N, T, H), dtype=x.dtype, device=x.device)
    cache = []
    prev_h = h0
    for i in range(T):
        th, tcache = rnn_step_forward(x[:, i, :], prev_h, Wx, Wh, b)
        prev_h = th
        h[:, i, :] = th
        cache.append(tcache)
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx = torch.zeros((N, T, D), dtype=dh.dtype, device=dh.device)
    dWx = torch.zeros((D, H), dtype=dh.dtype, device=dh.device)
    dWh = torch.zeros((H, H), dtype=dh.dtype, device=dh.device)
    db = torch.zeros((H), dtype=dh.dtype, device=dh.device)
    tdprev_h = torch.zeros((N, H), dtype=dh.dtype, device=dh.device)
    for i in range(T - 1, -1, -1):
        tdx, tdprev_h, tdWx, tdWh, tdb = rnn_step_backward(dh[:, i, :] + tdprev_h, cache[i])
        dx[:, i, :] = tdx
        dWx += tdWx
        dWh += tdWh
        db += tdb
    dh0 = tdprev_h
    return dx, dh0, dWx, dWh, db
