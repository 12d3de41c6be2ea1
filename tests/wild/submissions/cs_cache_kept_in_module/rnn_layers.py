import numpy as np

_tape = []  # of the latest forward pass


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.hstack([x, prev_h]) @ np.vstack([Wx, Wh]) + b)
    return next_h, (prev_h, x, next_h, Wh, Wx, b, "step")


def rnn_step_backward(dnext_h, cache):
    prev_h, x, next_h, Wh, Wx, b, _ = cache
    d = (1 - np.power(next_h, 2)) * dnext_h
    dW = np.hstack([x, prev_h]).T @ d
    D = x.shape[1]
    return d @ Wx.T, d @ Wh.T, dW[:D], dW[D:], np.ones(d.shape[0]) @ d


def rnn_forward(x, h0, Wx, Wh, b):
    del _tape[:]
    hs = [h0]
    for x_t in np.moveaxis(x, 1, 0):
        h, c = rnn_step_forward(x_t, hs[-1], Wx, Wh, b)
        hs.append(h)
        _tape.append(c)
    return np.swapaxes(np.array(hs[1:]), 0, 1), _tape


def rnn_backward(dh, cache):
    dx, (dWx, dWh, db) = np.zeros(dh.shape[:2] + cache[0][1].shape[1:]), (0, 0, 0)
    carried = np.zeros_like(dh[:, 0])
    for t in range(len(cache) - 1, -1, -1):
        dx[:, t], carried, a, b, c = rnn_step_backward(carried + dh[:, t], cache[t])
        dWx, dWh, db = dWx + a, dWh + b, db + c
    return dx, carried, dWx, dWh, db
