"""The derivative is 1/cosh² of the pre-activation, which the backward functions compute again from the inputs."""
import numpy as np


def pre_activation(x, prev_h, Wx, Wh, b):
    return b + prev_h.dot(Wh) + x.dot(Wx)


def slope(a):
    # cosh overflows far out, where the slope is zero
    return 1.0 / np.cosh(np.clip(a, -300, 300)) ** 2


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    a = pre_activation(x, prev_h, Wx, Wh, b)
    return np.tanh(a), [x, prev_h, Wx, Wh, b]


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, b = cache
    da = slope(pre_activation(x, prev_h, Wx, Wh, b)) * dnext_h
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), np.sum(da, axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    h, prev = [], h0
    for t in range(x.shape[1]):
        prev, _ = rnn_step_forward(x[:, t, :], prev, Wx, Wh, b)
        h.append(prev)
    return np.transpose(np.asarray(h), (1, 0, 2)), (x, h0, Wx, Wh, b)


def rnn_backward(dh, cache):
    x, h0, Wx, Wh, b = cache
    # the whole forward pass once more
    caches, prev = [], h0
    for t in range(x.shape[1]):
        caches.append([x[:, t, :], prev, Wx, Wh, b])
        prev = np.tanh(pre_activation(*caches[-1]))
    dx = np.empty(x.shape)
    grads = [np.zeros(w.shape) for w in (Wx, Wh, b)]
    dprev = np.zeros(h0.shape)
    for t in reversed(range(x.shape[1])):
        dx[:, t, :], dprev, *step = rnn_step_backward(dprev + dh[:, t, :], caches[t])
        grads = [g + s for g, s in zip(grads, step)]
    return (dx, dprev, *grads)


def _recomputed(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = np.matmul(x, Wx) + np.matmul(prev_h, Wh) + b
    i, f, o = (0.5 + 0.5 * np.tanh(0.5 * a[:, k * H : (k + 1) * H]) for k in range(3))
    g = np.tanh(a[:, 3 * H :])
    return a, i, f, o, g, f * prev_c + i * g


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """The cache holds the arguments alone."""
    *_, o, g, next_c = _recomputed(x, prev_h, prev_c, Wx, Wh, b)
    return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, b)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, b = cache
    a, i, f, o, g, c = _recomputed(*cache)
    H = prev_h.shape[1]
    dc = dnext_c + dnext_h * o / np.cosh(c) ** 2
    da = np.empty((len(x), 4 * H))
    da[:, :H] = dc * g
    da[:, H : 2 * H] = dc * prev_c
    da[:, 2 * H : 3 * H] = dnext_h * np.tanh(c)
    da[:, : 3 * H] /= 4 * np.cosh(0.5 * a[:, : 3 * H]) ** 2
    da[:, 3 * H :] = dc * i / np.cosh(a[:, 3 * H :]) ** 2
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(0)


def lstm_forward(x, h0, Wx, Wh, b):
    h, c, out = h0, np.zeros_like(h0), []
    for t in range(x.shape[1]):
        h, c, _ = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        out.append(h)
    return np.stack(out, 1), (x, h0, Wx, Wh, b)


def lstm_backward(dh, cache):
    """Runs the sequence again to have the states of every step."""
    x, h, Wx, Wh, b = cache
    c, steps = np.zeros_like(h), []
    for t in range(x.shape[1]):
        arguments = (x[:, t], h, c, Wx, Wh, b)
        steps.append(arguments)
        h, c, _ = lstm_step_forward(*arguments)
    dprev_h = dprev_c = np.zeros_like(h)
    dx, sums = np.zeros(x.shape), [np.zeros_like(w) for w in (Wx, Wh, b)]
    while steps:
        t = len(steps) - 1
        dx[:, t], dprev_h, dprev_c, *gradients = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, steps.pop())
        sums = [total + gradient for total, gradient in zip(sums, gradients)]
    return (dx, dprev_h, *sums)
