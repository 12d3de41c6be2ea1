import torch
import matplotlib.pyplot as plt
from matplotlib import cm

plt.rcParams["figure.figsize"] = (8.0, 6.0)


def affine(x, h, Wx, Wh, b):
    return torch.mm(x, Wx) + torch.mm(h, Wh) + b


def sech2(z):
    """d/dz tanh(z), directly from the pre-activation"""
    return 1.0 / torch.cosh(z) ** 2


# I keep the pre-activation as a sixth cache entry and get the slope from it
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    z = affine(x, prev_h, Wx, Wh, b)
    next_h = torch.tanh(z)
    return next_h, (x, prev_h, Wx, Wh, next_h, z)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh = cache[:4]
    slope = sech2(cache[5]) if len(cache) > 5 else 1 - cache[4] ** 2
    dz = slope * dnext_h
    dWx = torch.mm(x.T, dz)
    dWh = torch.mm(prev_h.T, dz)
    db = dz.sum(0)
    dx = torch.mm(dz, Wx.T)
    dprev_h = torch.mm(dz, Wh.T)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    hs, cs = [], []
    for t in range(x.shape[1]):
        h0, c = rnn_step_forward(x[:, t], h0, Wx, Wh, b)
        hs.append(h0[:, None])
        cs.append(c)
    return torch.cat(hs, dim=1), cs


def rnn_backward(dh, cache):
    def back(t, g):
        """Recursion from step t down to 0; returns what rnn_backward returns, dx as a list."""
        dx, g, dWx, dWh, db = rnn_step_backward(dh[:, t] + g, cache[t])
        if t == 0:
            return [dx], g, dWx, dWh, db
        dxs, dh0, A, B, C = back(t - 1, g)
        return dxs + [dx], dh0, A + dWx, B + dWh, C + db

    dxs, dh0, dWx, dWh, db = back(dh.shape[1] - 1, torch.zeros_like(dh[:, 0]))
    return torch.stack(dxs, dim=1), dh0, dWx, dWh, db


def plot_states(h):
    for n in range(h.shape[0]):
        plt.plot(h[n].numpy(), color=cm.viridis(n / h.shape[0]))
    plt.show()
