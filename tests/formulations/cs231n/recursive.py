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


def word_embedding_forward(x, W):
    if x.ndim == 0:
        return W[x], None
    return np.stack([word_embedding_forward(part, W)[0] for part in x]), (x, W)


def word_embedding_backward(dout, cache):
    x, W = cache
    return _rows(np.ravel(x), dout.reshape(-1, W.shape[1]), np.zeros_like(W))


def _rows(words, gradients, empty):
    """Halves are added up by themselves."""
    if len(words) == 1:
        dW = empty.copy()
        dW[words[0]] = gradients[0]
        return dW
    half = len(words) // 2
    return _rows(words[:half], gradients[:half], empty) + _rows(words[half:], gradients[half:], empty)


def _sigmoid(a):
    return np.exp(-np.logaddexp(0, -a))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = np.split(np.dot(x, Wx) + np.dot(prev_h, Wh) + b, 4, axis=1)
    i, f, o, g = _sigmoid(i), _sigmoid(f), _sigmoid(o), np.tanh(g)
    c = np.add(f * prev_c, i * g)
    return o * np.tanh(c), c, ((x, Wx), (prev_h, Wh), (prev_c, c), (i, f, o, g))


def lstm_step_backward(dnext_h, dnext_c, cache):
    (x, Wx), (prev_h, Wh), (prev_c, c), (i, f, o, g) = cache
    dc = dnext_c + dnext_h * o / np.cosh(c) ** 2
    slopes = (g * i * (1 - i), prev_c * f * (1 - f), np.tanh(c) * o * (1 - o), i * (1 - g) * (1 + g))
    da = np.concatenate([(dnext_h if k == 2 else dc) * slope for k, slope in enumerate(slopes)], axis=1)
    return np.dot(da, Wx.T), np.dot(da, Wh.T), dc * f, np.dot(x.T, da), np.dot(prev_h.T, da), np.sum(da, axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    hs, _, caches = _lstm_to(x.shape[1] - 1, x, h0, Wx, Wh, b)
    return np.stack(hs, axis=1), caches


def _lstm_to(t, x, h0, Wx, Wh, b):
    """States of the steps up to t, the last cell state, the caches."""
    if t < 0:
        return [], np.zeros_like(h0), None
    hs, c, before = _lstm_to(t - 1, x, h0, Wx, Wh, b)
    h, c, cache = lstm_step_forward(x[:, t], hs[-1] if hs else h0, c, Wx, Wh, b)
    return [*hs, h], c, (before, cache)


def lstm_backward(dh, cache):
    return _lstm_back(dh, np.zeros(dh[:, 0].shape), np.zeros(dh[:, 0].shape), cache)


def _lstm_back(dh, carry, dc, cache):
    before, last = cache
    dx_t, carry, dc, dWx, dWh, db = lstm_step_backward(dh[:, -1] + carry, dc, last)
    if before is None:
        return dx_t[:, None], carry, dWx, dWh, db
    dx, dh0, *rest = _lstm_back(dh[:, :-1], carry, dc, before)
    return np.append(dx, dx_t[:, None], axis=1), dh0, rest[0] + dWx, rest[1] + dWh, rest[2] + db


def temporal_affine_forward(x, w, b):
    if x.shape[1] == 1:
        return (np.dot(x[:, 0], w) + b)[:, None], (x, w)
    first, rest = (temporal_affine_forward(part, w, b)[0] for part in (x[:, :1], x[:, 1:]))
    return np.append(first, rest, axis=1), (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    dx, dw, db = np.dot(dout[:, :1], w.T), np.dot(x[:, 0].T, dout[:, 0]), dout[:, 0].sum(0)
    if x.shape[1] == 1:
        return dx, dw, db
    rest = temporal_affine_backward(dout[:, 1:], (x[:, 1:], w))
    return np.append(dx, rest[0], axis=1), dw + rest[1], db + rest[2]


def temporal_softmax_loss(x, y, mask, verbose=False):
    log_p = x - np.logaddexp.reduce(x, axis=2, keepdims=True)
    chosen = np.take_along_axis(log_p, y[:, :, None], axis=2)[:, :, 0]
    loss = -np.where(mask, chosen, 0).sum() / len(x)
    target = np.arange(x.shape[2]) == y[:, :, None]
    return loss, np.where(mask[:, :, None], (np.exp(log_p) - target) / len(x), 0)


class CaptioningRNN:
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        self.lstm, self.words, self.params = cell_type == "lstm", word_to_idx, {}

    def loss(self, features, captions):
        p = self.params
        steps = (lstm_forward, lstm_backward) if self.lstm else (rnn_forward, rnn_backward)
        x, embedding = word_embedding_forward(captions[:, :-1], p["W_embed"])
        h, layer = steps[0](x, np.dot(features, p["W_proj"]) + p["b_proj"], p["Wx"], p["Wh"], p["b"])
        scores, top = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
        loss, dscores = temporal_softmax_loss(scores, captions[:, 1:], captions[:, 1:] != self.words["<NULL>"])
        dh, dW_vocab, db_vocab = temporal_affine_backward(dscores, top)
        dx, dh0, dWx, dWh, db = steps[1](dh, layer)
        grads = {"W_vocab": dW_vocab, "b_vocab": db_vocab, "Wx": dWx, "Wh": dWh, "b": db}
        grads.update(W_embed=word_embedding_backward(dx, embedding), W_proj=np.dot(features.T, dh0), b_proj=dh0.sum(0))
        return [loss, grads]

    def sample(self, features, max_length=30):
        h = np.dot(features, self.params["W_proj"]) + self.params["b_proj"]
        start = np.full(len(features), self.words["<START>"])
        return np.stack(self._from(start, h, np.zeros_like(h), max_length), axis=1).astype(float)

    def _from(self, word, h, c, left):
        if left == 0:
            return []
        p = self.params
        if self.lstm:
            h, c, _ = lstm_step_forward(p["W_embed"][word], h, c, p["Wx"], p["Wh"], p["b"])
        else:
            h, _ = rnn_step_forward(p["W_embed"][word], h, p["Wx"], p["Wh"], p["b"])
        word = np.argmax(np.dot(h, p["W_vocab"]) + p["b_vocab"], axis=-1)
        return [word, *self._from(word, h, c, left - 1)]
