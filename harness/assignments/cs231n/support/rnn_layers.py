"""The layers of this assignment's first part, supplied to a submission that hands in the captioning model alone."""

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One step of a tanh RNN: next_h (N, H), cache."""
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    """Gradients of one step: dx, dprev_h, dWx, dWh, db."""
    x, prev_h, Wx, Wh, next_h = cache
    da = (1 - next_h**2) * dnext_h
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    """A sequence: h (N, T, H), cache."""
    states, caches = [], []
    for t in range(x.shape[1]):
        h0, cache = rnn_step_forward(x[:, t], h0, Wx, Wh, b)
        states.append(h0)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def rnn_backward(dh, cache):
    """Gradients of a sequence: dx, dh0, dWx, dWh, db."""
    dprev_h, dx, totals = 0, [], [0, 0, 0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dprev_h, *weights = rnn_step_backward(dh[:, t] + dprev_h, cache[t])
        dx.insert(0, dx_t)
        totals = [total + weight for total, weight in zip(totals, weights)]
    return (np.stack(dx, axis=1), dprev_h, *totals)


def word_embedding_forward(x, W):
    """A row of W for every word: out (N, T, D), cache."""
    return W[x], (x, W)


def word_embedding_backward(dout, cache):
    """Gradient of the embedding: dW (V, D)."""
    x, W = cache
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
    return dW


def sigmoid(x):
    """A numerically stable logistic function."""
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, z) / (1 + z)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One step of an LSTM: next_h (N, H), next_c (N, H), cache."""
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    """Gradients of one step: dx, dprev_h, dprev_c, dWx, dWh, db."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    squashed = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - squashed**2)
    gates = (dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * squashed * o * (1 - o), dc * i * (1 - g**2))
    da = np.hstack(gates)
    return da.dot(Wx.T), da.dot(Wh.T), dc * f, x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    """A sequence: h (N, T, H), cache; the first cell state is zero."""
    c, states, caches = np.zeros_like(h0), [], []
    for t in range(x.shape[1]):
        h0, c, cache = lstm_step_forward(x[:, t], h0, c, Wx, Wh, b)
        states.append(h0)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def lstm_backward(dh, cache):
    """Gradients of a sequence: dx, dh0, dWx, dWh, db."""
    dprev_h, dprev_c, dx, totals = 0, 0, [], [0, 0, 0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dprev_h, dprev_c, *weights = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, cache[t])
        dx.insert(0, dx_t)
        totals = [total + weight for total, weight in zip(totals, weights)]
    return (np.stack(dx, axis=1), dprev_h, *totals)


def temporal_affine_forward(x, w, b):
    """An affine layer at every step: out (N, T, M), cache."""
    N, T, D = x.shape
    return x.reshape(N * T, D).dot(w).reshape(N, T, -1) + b, (x, w)


def temporal_affine_backward(dout, cache):
    """Gradients of the affine layer: dx (N, T, D), dw (D, M), db (M,)."""
    x, w = cache
    rows = dout.reshape(-1, dout.shape[2])
    return rows.dot(w.T).reshape(x.shape), x.reshape(-1, x.shape[2]).T.dot(rows), rows.sum(axis=0)


def temporal_softmax_loss(x, y, mask, verbose=False):
    """Masked cross-entropy, summed over time and averaged over the batch: loss, dx (N, T, V)."""
    N, T, V = x.shape
    rows, words, counted = x.reshape(N * T, V), y.reshape(N * T), mask.reshape(N * T)
    shifted = rows - rows.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(logs)
    dx[np.arange(N * T), words] -= 1
    dx *= counted[:, None] / N
    if verbose:
        print("dx:", dx.shape)
    return -np.sum(counted * logs[np.arange(N * T), words]) / N, dx.reshape(N, T, V)
