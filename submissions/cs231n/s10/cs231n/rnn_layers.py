from builtins import range
import numpy as np

from .layers import affine_forward


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """ next_h = tanh(x Wx + prev_h Wh + b) """
    scores = affine_forward(x, Wx, b)[0] + affine_forward(prev_h, Wh, 0 * b)[0]
    next_h = np.tanh(scores)
    cache = x, prev_h, Wx, Wh, b, next_h
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """ chain rule: dL/dscores = dL/dnext_h * tanh'(scores) """
    x, prev_h, Wx, Wh, b, next_h = cache
    dscores = dnext_h * (1 - next_h)
    dx, dWx = dscores.dot(Wx.T), x.T.dot(dscores)
    dprev_h, dWh = dscores.dot(Wh.T), prev_h.T.dot(dscores)
    db = np.ones(len(x)).dot(dscores)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """ loops rnn_step_forward over T """
    N, T, _ = x.shape
    h = np.zeros((T, N, h0.shape[1]))
    cache = []
    for t, xt in enumerate(x.transpose(1, 0, 2)):
        h[t], step = rnn_step_forward(xt, h[t - 1] if t else h0, Wx, Wh, b)
        cache.append(step)
    return h.transpose(1, 0, 2), (cache, x.shape)


def rnn_backward(dh, cache):
    """ loops rnn_step_backward over T, the last step first """
    cache, shape = cache
    _, _, Wx, Wh, b, _ = cache[0]
    dx, dWx, dWh, db = np.zeros(shape), 0 * Wx, 0 * Wh, 0 * b
    carry = np.zeros_like(dh[:, 0])
    for t in range(shape[1])[::-1]:
        dx[:, t], carry, *more = rnn_step_backward(dh[:, t] + carry, cache[t])
        dWx, dWh, db = dWx + more[0], dWh + more[1], db + more[2]
    return dx, carry, dWx, dWh, db
