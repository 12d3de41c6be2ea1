import torch

# ---------------------------------------------------------------
# 1. single step
# ---------------------------------------------------------------


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    input_part = x.mm(Wx)          # (N,D)(D,H) -> (N,H)
    hidden_part = prev_h.mm(Wh)    # (N,H)(H,H) -> (N,H)
    next_h = torch.tanh(input_part + hidden_part + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    (x, prev_h, Wx, Wh, next_h) = cache

    dtanh = 1 - torch.pow(next_h, 2)
    dscore = dnext_h * dtanh                 # (N,H)

    db = dscore.sum(dim=0)                   # (H,)
    dWx = x.transpose(0, 1).mm(dscore)       # (D,N)(N,H)
    dx = dscore.mm(Wx.transpose(0, 1))       # (N,H)(H,D)
    dWh = prev_h.transpose(0, 1).mm(dscore)  # (H,N)(N,H)
    dprev_h = dscore.mm(Wh.transpose(0, 1))  # (N,H)(H,H)

    return dx, dprev_h, dWx, dWh, db


# ---------------------------------------------------------------
# 2. whole sequence
# ---------------------------------------------------------------


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    N, H = h0.shape
    h = torch.zeros((N, T, H), dtype=x.dtype, device=x.device)
    caches = []
    current = h0
    for step in range(T):
        current, c = rnn_step_forward(x[:, step, :], current, Wx, Wh, b)
        h[:, step, :] = current
        caches.append(c)
    return h, caches


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    opts = {"dtype": dh.dtype, "device": dh.device}
    dx = torch.zeros((N, T, D), **opts)
    dWx = torch.zeros((D, H), **opts)
    dWh = torch.zeros((H, H), **opts)
    db = torch.zeros((H,), **opts)
    from_future = torch.zeros((N, H), **opts)   # nothing comes after the last step

    step = T - 1
    while step >= 0:
        total = dh[:, step, :] + from_future
        dxi, from_future, dWxi, dWhi, dbi = rnn_step_backward(total, cache[step])
        dx[:, step, :] = dxi
        dWx += dWxi
        dWh += dWhi
        db += dbi
        step -= 1

    dh0 = from_future
    return dx, dh0, dWx, dWh, db
