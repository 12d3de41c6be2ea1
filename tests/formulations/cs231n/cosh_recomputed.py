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
