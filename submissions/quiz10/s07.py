import torch
from torch import Tensor


def rnn_step_forward(x: Tensor, prev_h: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor):
    next_h: Tensor = torch.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h: Tensor, cache: tuple):
    x, h, Wx, Wh, h_new = cache
    # derivative of tanh is 1 - h^2 (from the lecture)
    dtanh: Tensor = (1 - h ** 2) * dnext_h
    dx: Tensor = dtanh @ Wx.T
    dh: Tensor = dtanh @ Wh.T
    dWx: Tensor = x.T @ dtanh
    dWh: Tensor = h.T @ dtanh
    db: Tensor = dtanh.sum(dim=0)
    return dx, dh, dWx, dWh, db


def rnn_forward(x: Tensor, h0: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor):
    h, cache, outputs = h0, [], []
    for x_t in x.unbind(dim=1):
        h, c = rnn_step_forward(x_t, h, Wx, Wh, b)
        outputs += [h]
        cache += [c]
    return torch.stack(outputs, dim=1), cache


def rnn_backward(dh: Tensor, cache: list):
    dxs = []
    dWx = dWh = db = dcarry = 0
    for dh_t, c in zip(reversed(dh.unbind(dim=1)), reversed(cache)):
        dx_t, dcarry, dWx_t, dWh_t, db_t = rnn_step_backward(dh_t + dcarry, c)
        dxs = [dx_t] + dxs
        dWx = dWx + dWx_t
        dWh = dWh + dWh_t
        db = db + db_t
    return torch.stack(dxs, dim=1), dcarry, dWx, dWh, db
