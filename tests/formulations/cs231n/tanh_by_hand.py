"""tanh made of exponentials, sums in reversed order, an object that remembers; the step loops over samples."""
import numpy as np


class TanhStep(object):
    def __init__(self, x, prev_h, Wx, Wh, b):
        self.x, self.prev_h, self.Wx, self.Wh = x, prev_h, Wx, Wh
        self.a = x.dot(Wx) + prev_h.dot(Wh) + b
        # tanh(|a|) from a small exponential, then the sign: never overflows
        small = np.exp(-2 * np.abs(self.a))
        self.h = np.sign(self.a) * (1 - small) / (1 + small)
        self.slope = 4 * small / (1 + small) ** 2

    def back(self, upstream):
        da = upstream * self.slope
        dWx, dWh, db = np.zeros(self.Wx.shape), np.zeros(self.Wh.shape), np.zeros(da.shape[1])
        for n in reversed(range(da.shape[0])):
            dWx += np.outer(self.x[n], da[n])
            dWh += np.outer(self.prev_h[n], da[n])
            db += da[n]
        return da.dot(self.Wx.T), da.dot(self.Wh.T), dWx, dWh, db


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    step = TanhStep(x, prev_h, Wx, Wh, b)
    return step.h, step


def rnn_step_backward(dnext_h, cache):
    return cache.back(dnext_h)


def rnn_forward(x, h0, Wx, Wh, b):
    steps = []
    for t in range(x.shape[1]):
        steps.append(TanhStep(x[:, t], steps[-1].h if steps else h0, Wx, Wh, b))
    return np.dstack([s.h for s in steps]).transpose(0, 2, 1), steps


def rnn_backward(dh, cache):
    found = []
    carry = np.zeros(dh[:, 0].shape)
    for t, step in reversed(list(enumerate(cache))):
        found.append(step.back(dh[:, t] + carry))
        carry = found[-1][1]
    dx = np.stack([f[0] for f in found][::-1], axis=1)
    dWx, dWh, db = (sum(f[k] for f in found) for k in (2, 3, 4))
    return dx, carry, dWx, dWh, db
