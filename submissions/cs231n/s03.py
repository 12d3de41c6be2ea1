import numpy as np
import pdb


def tanh_grad(h):
    return 1 - h * h


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.dot(x, Wx) + np.dot(prev_h, Wh) + b)
    return next_h, (Wx, Wh, x, prev_h, next_h)


def rnn_step_backward(dnext_h, cache):
    Wx, Wh, x, prev_h, next_h = cache
    t = dnext_h * tanh_grad(next_h)
    # pdb.set_trace()
    return np.dot(t, Wx.T), np.dot(t, Wh.T), np.dot(x.T, t), np.dot(prev_h.T, t), np.sum(t, axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    n_samples, n_steps = x.shape[0], x.shape[1]
    h = np.zeros((n_samples, n_steps, h0.shape[1]))
    caches = {}
    state = h0
    i = 0
    while i < n_steps:
        state, caches[i] = rnn_step_forward(x[:, i, :], state, Wx, Wh, b)
        h[:, i, :] = state
    return h, caches


def rnn_backward(dh, cache):
    n_samples, n_steps, H = dh.shape
    D = cache[0][0].shape[0]
    dx = np.zeros((n_samples, n_steps, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    g = np.zeros((n_samples, H))
    for i in np.arange(n_steps)[::-1]:
        dx[:, i, :], g, gx, gh, gb = rnn_step_backward(dh[:, i, :] + g, cache[i])
        dWx += gx
        dWh += gh
        db += gb
    return dx, g, dWx, dWh, db
