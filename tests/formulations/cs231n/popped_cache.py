"""A stack of step caches that the backward pass pops empty; sums kept by the last axis first."""
from collections import namedtuple

import numpy as np

Step = namedtuple("Step", "h_in h_out x weights")


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    forward = np.matmul(x, Wx)
    forward = forward + np.matmul(prev_h, Wh)
    forward = forward + b
    next_h = np.tanh(forward)
    return next_h, [Step(prev_h, next_h, x, (Wx, Wh))]


def rnn_step_backward(dnext_h, cache):
    step = cache.pop()
    Wx, Wh = step.weights
    dtanh = 1 - np.power(step.h_out, 2)
    da = dtanh * dnext_h
    # transposed products, transposed back
    dx = np.matmul(Wx, da.T).T
    dprev_h = np.matmul(Wh, da.T).T
    dWx = np.matmul(da.T, step.x).T
    dWh = np.matmul(da.T, step.h_in).T
    db = da.T.sum(axis=-1)
    return [dx, dprev_h, dWx, dWh, db]


def rnn_forward(x, h0, Wx, Wh, b):
    stack, outputs = [], []
    state = h0
    for moment in np.split(x, x.shape[1], axis=1):
        state, one = rnn_step_forward(moment[:, 0], state, Wx, Wh, b)
        stack += one
        outputs.append(state[:, np.newaxis])
    return np.concatenate(outputs, axis=1), stack


def rnn_backward(dh, cache):
    total, dxs, dprev = None, [], 0.0
    t = dh.shape[1]
    while cache:
        t -= 1
        dx, dprev, *grads = rnn_step_backward(dh[:, t] + dprev, cache)
        dxs.append(dx)
        total = grads if total is None else [a + g for a, g in zip(total, grads)]
    return [np.stack(dxs[::-1], axis=1), dprev, *total]
