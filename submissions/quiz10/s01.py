# Quiz 10, programming part
# submitted by: (see form)
import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    a = torch.mm(x, Wx) + torch.mm(prev_h, Wh) + b
    next_h = torch.tanh(a)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    # tanh' = 1 - tanh^2 and next_h already is the tanh
    da = dnext_h * (1 - next_h * next_h)
    dx = torch.mm(da, Wx.t())
    dprev_h = torch.mm(da, Wh.t())
    dWx = torch.mm(x.t(), da)
    dWh = torch.mm(prev_h.t(), da)
    db = torch.sum(da, 0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    T = x.shape[1]
    hs = []
    cache = []
    h = h0
    for t in range(T):
        h, c = rnn_step_forward(x[:, t, :], h, Wx, Wh, b)
        hs.append(h)
        cache.append(c)
    return torch.stack(hs, 1), cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    x0, _, Wx, Wh, _ = cache[0]
    dx = torch.zeros(N, T, x0.shape[1], dtype=dh.dtype)
    dWx = torch.zeros_like(Wx)
    dWh = torch.zeros_like(Wh)
    db = torch.zeros(H, dtype=dh.dtype)
    dh0 = torch.zeros(N, H, dtype=dh.dtype)
    for t in range(T - 1, -1, -1):
        # every hidden state gets its own gradient dh[:, t]
        dx_t, dh0, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t, :], cache[t])
        dx[:, t, :] = dx_t
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dh0, dWx, dWh, db


if __name__ == "__main__":
    torch.manual_seed(0)
    h, c = rnn_forward(torch.randn(2, 3, 4), torch.zeros(2, 5), torch.randn(4, 5), torch.randn(5, 5), torch.zeros(5))
    print(h.shape)
