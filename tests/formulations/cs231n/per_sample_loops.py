"""One sample at a time, one unit at a time: nothing but loops over plain numbers, in preallocated float64 buffers."""
import math

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    N, D = x.shape
    H = b.shape[0]
    next_h = np.zeros((N, H))
    for n in range(N):
        for j in range(H):
            total = 0.0
            for i in range(D):
                total += x[n, i] * Wx[i, j]
            for i in range(H):
                total += prev_h[n, i] * Wh[i, j]
            next_h[n, j] = math.tanh(total + b[j])
    return next_h, (next_h, b, Wh, Wx, prev_h, x)


def rnn_step_backward(dnext_h, cache):
    next_h, b, Wh, Wx, prev_h, x = cache
    N, D = x.shape
    H = b.shape[0]
    dx, dprev_h = np.zeros((N, D)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for n in range(N):
        for j in range(H):
            da = dnext_h[n, j] * (1.0 - next_h[n, j]) * (1.0 + next_h[n, j])
            db[j] += da
            for i in range(D):
                dx[n, i] += da * Wx[i, j]
                dWx[i, j] += da * x[n, i]
            for i in range(H):
                dprev_h[n, i] += da * Wh[i, j]
                dWh[i, j] += da * prev_h[n, i]
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h = np.zeros((N, T, b.shape[0]))
    cache = {}
    prev = h0
    for t in range(T):
        prev, cache[t] = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        h[:, t] = prev
    cache["size"] = x.shape
    return h, cache


def rnn_backward(dh, cache):
    N, T, D = cache["size"]
    H = dh.shape[2]
    dx, dprev = np.zeros((N, T, D)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for t in range(T)[::-1]:
        dx[:, t], dprev, wx, wh, bias = rnn_step_backward(dh[:, t] + dprev, cache[t])
        dWx += wx
        dWh += wh
        db += bias
    return dx, dprev, dWx, dWh, db


def word_embedding_forward(x, W):
    out = np.empty(x.shape + (W.shape[1],))
    for place in np.ndindex(*x.shape):
        out[place] = W[x[place]]
    return out, (x, W)


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros(W.shape)
    for place in np.ndindex(*x.shape):
        dW[x[place]] += dout[place]
    return dW


def _lstm_sample(x, h, c, Wx, Wh, b):
    """One sample, one step."""
    H = len(h)
    a = x @ Wx + h @ Wh + b
    i, f, o = (1 / (1 + np.exp(-a[k * H : (k + 1) * H])) for k in range(3))
    g = np.tanh(a[3 * H :])
    c_new = f * c + i * g
    return o * np.tanh(c_new), c_new, (x, h, c, i, f, o, g, c_new)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    samples = [_lstm_sample(*sample, Wx, Wh, b) for sample in zip(x, prev_h, prev_c)]
    h, c, caches = zip(*samples)
    return np.array(h), np.array(c), (caches, Wx, Wh)


def lstm_step_backward(dnext_h, dnext_c, cache):
    caches, Wx, Wh = cache
    dx, dprev_h, dprev_c = [], [], []
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(Wh.shape[1])
    for dh, dc, (x, h, c, i, f, o, g, c_new) in zip(dnext_h, dnext_c, caches):
        y = np.tanh(c_new)
        dc = dc + dh * o * (1 - y * y)
        da = np.concatenate([dc * g * (i - i * i), dc * c * (f - f * f), dh * y * (o - o * o), dc * i * (1 - g * g)])
        dx.append(Wx @ da)
        dprev_h.append(Wh @ da)
        dprev_c.append(dc * f)
        dWx += np.outer(x, da)
        dWh += np.outer(h, da)
        db += da
    return np.array(dx), np.array(dprev_h), np.array(dprev_c), dWx, dWh, db


def lstm_forward(x, h0, Wx, Wh, b):
    """Sample by sample, each through its whole sequence."""
    h, caches = np.zeros(x.shape[:2] + (h0.shape[1],)), []
    for n in range(x.shape[0]):
        state, cell = h0[n : n + 1], np.zeros((1, h0.shape[1]))
        caches.append([])
        for t in range(x.shape[1]):
            state, cell, cache = lstm_step_forward(x[n : n + 1, t], state, cell, Wx, Wh, b)
            h[n, t] = state[0]
            caches[n].append(cache)
    return h, caches


def lstm_backward(dh, cache):
    N, T, H = dh.shape
    dx, dh0, weights = [], np.zeros((N, H)), []
    for n in range(N):
        carry, cell, steps = np.zeros((1, H)), np.zeros((1, H)), []
        for t in reversed(range(T)):
            dx_t, carry, cell, *gradients = lstm_step_backward(dh[n : n + 1, t] + carry, cell, cache[n][t])
            steps.insert(0, dx_t[0])
            weights.append(gradients)
        dx.append(steps)
        dh0[n] = carry[0]
    dWx, dWh, db = (np.sum(np.stack(parts), axis=0) for parts in zip(*weights))
    return np.array(dx), dh0, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    return np.array([sample @ w + b for sample in x]), (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    dw, db = np.zeros(w.shape), np.zeros(w.shape[1])
    for sample, upstream in zip(x, dout):
        for x_t, d_t in zip(sample, upstream):
            dw += np.outer(x_t, d_t)
            db += d_t
    return np.array([upstream @ w.T for upstream in dout]), dw, db


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    loss, dx = 0.0, np.zeros(x.shape)
    for n in range(N):
        for t in range(T):
            if mask[n, t]:
                e = np.exp(x[n, t] - x[n, t].max())
                p = e / e.sum()
                loss -= np.log(p[y[n, t]])
                dx[n, t] = p
                dx[n, t, y[n, t]] -= 1
    return loss / N, dx / N


class CaptioningRNN:
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        self.cell_type, self.word_to_idx, self.dtype = cell_type, word_to_idx, dtype
        self.params = {}

    def loss(self, features, captions):
        """The batch's loss is the mean over its samples, each a batch of one."""
        parts = [self._single(features[n : n + 1], captions[n : n + 1]) for n in range(len(features))]
        grads = {k: np.mean([g[k] for _, g in parts], axis=0) for k in parts[0][1]}
        return np.mean([loss for loss, _ in parts]), grads

    def _single(self, features, captions):
        P, grads = self.params, {}
        forward, backward = (rnn_forward, rnn_backward) if self.cell_type == "rnn" else (lstm_forward, lstm_backward)
        h0 = features @ P["W_proj"] + P["b_proj"]
        x, c1 = word_embedding_forward(captions[:, :-1], P["W_embed"])
        h, c2 = forward(x, h0, P["Wx"], P["Wh"], P["b"])
        scores, c3 = temporal_affine_forward(h, P["W_vocab"], P["b_vocab"])
        wanted = captions[:, 1:]
        loss, d = temporal_softmax_loss(scores, wanted, wanted != self.word_to_idx["<NULL>"])
        d, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(d, c3)
        d, dh0, grads["Wx"], grads["Wh"], grads["b"] = backward(d, c2)
        grads["W_embed"] = word_embedding_backward(d, c1)
        grads["W_proj"], grads["b_proj"] = np.outer(features[0], dh0[0]), dh0[0]
        return loss, grads

    def sample(self, features, max_length=30):
        return np.array([self._caption(features[n : n + 1], max_length) for n in range(len(features))])

    def _caption(self, features, max_length):
        P, words = self.params, []
        h = features @ P["W_proj"] + P["b_proj"]
        c, word = 0 * h, self.word_to_idx["<START>"]
        while len(words) < max_length:
            x = P["W_embed"][word][None]
            if self.cell_type == "rnn":
                h, _ = rnn_step_forward(x, h, P["Wx"], P["Wh"], P["b"])
            else:
                h, c, _ = lstm_step_forward(x, h, c, P["Wx"], P["Wh"], P["b"])
            word = int(np.argmax(h[0] @ P["W_vocab"] + P["b_vocab"]))
            words.append(word)
            if word == self.word_to_idx["<END>"]:
                words += [self.word_to_idx["<NULL>"]] * (max_length - len(words))
        return words
