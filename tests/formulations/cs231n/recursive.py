"""The sequence as a recursion on its last step; nested caches; parameter gradients added on the way."""
import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.add(np.add(np.dot(x, Wx), np.dot(prev_h, Wh)), b))
    cache = ((x, Wx), (prev_h, Wh), next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    (x, Wx), (prev_h, Wh), next_h = cache
    da = np.multiply(dnext_h, np.subtract(1, np.multiply(next_h, next_h)))
    return np.dot(da, np.transpose(Wx)), np.dot(da, np.transpose(Wh)), np.dot(x.T, da), np.dot(prev_h.T, da), sum(da)


def rnn_forward(x, h0, Wx, Wh, b):
    last = x.shape[1] - 1
    if last == 0:
        h, cache = rnn_step_forward(x[:, 0], h0, Wx, Wh, b)
        return h.reshape(h.shape[0], 1, h.shape[1]), (None, cache)
    earlier, caches = rnn_forward(x[:, :last], h0, Wx, Wh, b)
    h, cache = rnn_step_forward(x[:, last], earlier[:, last - 1], Wx, Wh, b)
    return np.append(earlier, h[:, None, :], axis=1), (caches, cache)


def rnn_backward(dh, cache):
    caches, step = cache
    last = dh.shape[1] - 1
    dx, dprev_h, dWx, dWh, db = rnn_step_backward(dh[:, last], step)
    if caches is None:
        return dx[:, None], dprev_h, dWx, dWh, db
    upstream = np.copy(dh[:, :last])
    upstream[:, -1] = upstream[:, -1] + dprev_h
    dx_, dh0, dWx_, dWh_, db_ = rnn_backward(upstream, caches)
    return np.concatenate((dx_, dx[:, None]), axis=1), dh0, dWx_ + dWx, dWh_ + dWh, db_ + db
