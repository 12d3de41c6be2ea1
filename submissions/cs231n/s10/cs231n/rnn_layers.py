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


def word_embedding_forward(x, W):
    out = W[x]
    cache = (x, W)
    return out, cache


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    dW[x] += dout
    return dW


def sigmoid(x):
    pos_mask = (x >= 0)
    neg_mask = (x < 0)
    z = np.zeros_like(x)
    z[pos_mask] = np.exp(-x[pos_mask])
    z[neg_mask] = np.exp(x[neg_mask])
    top = np.ones_like(x)
    top[neg_mask] = z[neg_mask]
    return top / (1 + z)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = np.dot(x, Wx) + np.dot(prev_h, Wh) + b
    H = prev_h.shape[1]
    i = sigmoid(a[:, 0:H])
    f = sigmoid(a[:, H:2 * H])
    o = sigmoid(a[:, 2 * H:3 * H])
    g = np.tanh(a[:, 3 * H:4 * H])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    cache = (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    do = dnext_h * tanh_c
    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    df = dc * prev_c
    di = dc * g
    dg = dc * i
    dprev_c = dc
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)))
    dx = np.dot(da, Wx.T)
    dprev_h = np.dot(da, Wh.T)
    dWx = np.dot(x.T, da)
    dWh = np.dot(prev_h.T, da)
    db = np.sum(da, axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    prev_h = h0
    prev_c = np.zeros_like(h0)
    h = np.zeros((N, T, h0.shape[1]))
    cache = {}
    for t in range(T):
        prev_h, prev_c, cache[t] = lstm_step_forward(x[:, t, :], prev_h, prev_c, Wx, Wh, b)
        h[:, t, :] = prev_h
    return h, cache


def lstm_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx = np.zeros((N, T, D))
    dprev_h = np.zeros((N, H))
    dprev_c = np.zeros((N, H))
    dWx = np.zeros((D, 4 * H))
    dWh = np.zeros((H, 4 * H))
    db = np.zeros(4 * H)
    for t in reversed(range(T)):
        dx[:, t, :], dprev_h, dprev_c, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t, :] + dprev_h, dprev_c, cache[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    M = b.shape[0]
    out = x.reshape(N * T, D).dot(w).reshape(N, T, M) + b
    cache = x, w, b
    return out, cache


def temporal_affine_backward(dout, cache):
    x, w, b = cache
    N, T, D = x.shape
    M = b.shape[0]
    dx = dout.reshape(N * T, M).dot(w.T).reshape(N, T, D)
    dw = x.reshape(N * T, D).T.dot(dout.reshape(N * T, M))
    db = dout.sum(axis=(0, 1))
    return dx, dw, db


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    scores = x.reshape(N * T, V)
    words = y.reshape(N * T)
    counts = mask.reshape(N * T)
    probs = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    loss = -np.sum(counts * np.log(probs[np.arange(N * T), words])) / N
    dx = probs.copy()
    dx[np.arange(N * T), words] -= 1
    dx /= N
    dx *= counts[:, None]
    if verbose:
        print('dx:', dx.shape)
    return loss, dx.reshape(N, T, V)
