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


def _sigmoid(x):
    """Stable on both sides of zero, as the handout has it."""
    positive = x >= 0
    z = np.zeros_like(x)
    z[positive] = np.exp(-x[positive])
    z[~positive] = np.exp(x[~positive])
    top = np.ones_like(x)
    top[~positive] = z[~positive]
    return top / (1 + z)


def _tanh(x):
    return 2 * _sigmoid(2 * x) - 1


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    A = x.dot(Wx) + prev_h.dot(Wh) + b
    H = prev_h.shape[1]
    i, f, o, g = _sigmoid(A[:, :H]), _sigmoid(A[:, H : 2 * H]), _sigmoid(A[:, 2 * H : 3 * H]), _tanh(A[:, 3 * H :])
    next_c = f * prev_c + i * g
    return o * _tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c = cache
    do = _tanh(next_c) * dnext_h
    dnext_c = dnext_c + o * (1 - np.square(_tanh(next_c))) * dnext_h
    N, H = dnext_h.shape
    dA = np.zeros((N, 4 * H))
    dA[:, 0:H] = g * dnext_c * i * (1 - i)
    dA[:, H : 2 * H] = prev_c * dnext_c * f * (1 - f)
    dA[:, 2 * H : 3 * H] = do * o * (1 - o)
    dA[:, 3 * H :] = i * dnext_c * (1 - np.square(g))
    return np.dot(dA, Wx.T), np.dot(dA, Wh.T), f * dnext_c, np.dot(x.T, dA), np.dot(prev_h.T, dA), np.sum(dA, axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    prev_h, prev_c, cache = h0, np.zeros_like(h0), []
    h = np.zeros([N, T, h0.shape[1]])
    for i in range(T):
        prev_h, prev_c, cache_i = lstm_step_forward(x[:, i, :], prev_h, prev_c, Wx, Wh, b)
        h[:, i, :] = prev_h
        cache.append(cache_i)
    return h, cache


def lstm_backward(dh, cache):
    x, prev_h, prev_c, Wx, Wh, b = cache[0][:6]
    N, T, H = dh.shape
    dx = np.zeros([N, T, Wx.shape[0]])
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h, dprev_c = np.zeros_like(prev_h), np.zeros_like(prev_c)
    for i in reversed(range(T)):
        dx[:, i, :], dprev_h, dprev_c, dWx_i, dWh_i, db_i = lstm_step_backward(dprev_h + dh[:, i, :], dprev_c, cache[i])
        db += db_i
        dWh += dWh_i
        dWx += dWx_i
    return dx, dprev_h, dWx, dWh, db


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    x_flat, y_flat, mask_flat = x.reshape(N * T, V), y.reshape(N * T), mask.reshape(N * T)
    probs = np.exp(x_flat - np.max(x_flat, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    loss = -np.sum(mask_flat * np.log(probs[np.arange(N * T), y_flat])) / N
    dx_flat = probs.copy()
    dx_flat[np.arange(N * T), y_flat] -= 1
    dx_flat /= N
    dx_flat *= mask_flat[:, None]
    if verbose:
        print("dx_flat: ", dx_flat.shape)
    return loss, dx_flat.reshape(N, T, V)
