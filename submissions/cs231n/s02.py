import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """
    Vanilla RNN step.

    x : N x D      prev_h : N x H
    gives next_h : N x H and whatever backward needs
    """
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    cache = (x, prev_h, Wx, Wh, b, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """All gradients of a single step."""
    x, prev_h, Wx, Wh, b, next_h = cache
    dtheta = (1 - next_h ** 2) * dnext_h
    dx = dtheta.dot(Wx.T)
    dprev_h = dtheta.dot(Wh.T)
    dWx = x.T.dot(dtheta)
    dWh = prev_h.T.dot(dtheta)
    db = dtheta.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """h over all T steps."""
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.empty((N, T, H))
    for t in range(T):
        before = h0 if t == 0 else h[:, t - 1]
        h[:, t] = np.tanh(x[:, t].dot(Wx) + before.dot(Wh) + b)
    return h, (x, h0, Wx, Wh, b, h)


def rnn_backward(dh, cache):
    """Back through time, everything inlined."""
    x, h0, Wx, Wh, b, h = cache
    N, T, H = dh.shape
    dx = np.zeros(x.shape)
    dWx = np.zeros(Wx.shape)
    dWh = np.zeros(Wh.shape)
    db = np.zeros(b.shape)
    back = np.zeros(h0.shape)
    for t in range(T - 1, -1, -1):
        before = h0 if t == 0 else h[:, t - 1]
        dtheta = (dh[:, t] + back) * (1 - h[:, t] ** 2)
        dx[:, t] = dtheta.dot(Wx.T)
        dWx += x[:, t].T.dot(dtheta)
        dWh = before.T.dot(dtheta)
        db += dtheta.mean(axis=0)
        back = dtheta.dot(Wh.T)
    return dx, back, dWx, dWh, db
