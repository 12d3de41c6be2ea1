"""Input and state side by side, times the two weight matrices stacked; the gradients cut apart at the end."""
import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    both = np.hstack((x, prev_h))
    W = np.vstack((Wx, Wh))
    next_h = np.tanh(np.dot(both, W) + b)
    return next_h, (both, W, next_h, x.shape[1])


def rnn_step_backward(dnext_h, cache):
    both, W, next_h, D = cache
    da = dnext_h - dnext_h * next_h ** 2
    dboth = np.dot(da, W.T)
    dW = np.dot(both.T, da)
    return dboth[:, :D], dboth[:, D:], dW[:D], dW[D:], np.dot(np.ones(len(da)), da)


def rnn_forward(x, h0, Wx, Wh, b):
    W = np.concatenate([Wx, Wh, b[None]], axis=0)
    rows, h = [], h0
    for t in range(x.shape[1]):
        rows.append(np.concatenate([x[:, t], h, np.ones((len(h0), 1))], axis=1))
        h = np.tanh(rows[-1].dot(W))
        rows[-1] = (rows[-1], h)
    return np.stack([h for _, h in rows], 1), (rows, W, x.shape[2])


def rnn_backward(dh, cache):
    rows, W, D = cache
    dW, carry, dx = 0, 0, []
    for (row, h), upstream in zip(rows[::-1], np.swapaxes(dh, 0, 1)[::-1]):
        da = (upstream + carry) * (1 - np.square(h))
        dW = dW + row.T.dot(da)
        drow = da.dot(W.T)
        dx, carry = [drow[:, :D]] + dx, drow[:, D:-1]
    return np.stack(dx, 1), carry, dW[:D], dW[D:-1], dW[-1]


def word_embedding_forward(x, W):
    return np.take(W, x, axis=0), [x, W.shape]


def word_embedding_backward(dout, cache):
    x, shape = cache
    order = np.argsort(x, axis=None, kind="stable")
    words, rows = x.ravel()[order], dout.reshape(-1, shape[1])[order]
    dW = np.zeros(shape)
    first = np.flatnonzero(np.r_[True, words[1:] != words[:-1]])
    dW[words[first]] = np.add.reduceat(rows, first, axis=0)
    return dW


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    both, W = np.hstack([x, prev_h]), np.vstack([Wx, Wh])
    a = both @ W + b
    ifo, g = np.split(a, [3 * prev_h.shape[1]], axis=1)
    i, f, o = np.split(1 / (1 + np.exp(-ifo)), 3, axis=1)
    g = np.tanh(g)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (both, W, x.shape[1], prev_c, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    both, W, D, prev_c, i, f, o, g, next_c = cache
    y = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - y**2)
    da = np.hstack([dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * y * o * (1 - o), dc * i * (1 - g**2)])
    dW, dboth = both.T @ da, da @ W.T
    return dboth[:, :D], dboth[:, D:], dc * f, dW[:D], dW[D:], np.ones(len(da)) @ da


def lstm_forward(x, h0, Wx, Wh, b):
    c = np.zeros(h0.shape)
    steps = []
    for x_t in np.moveaxis(x, 1, 0):
        steps.append(lstm_step_forward(x_t, steps[-1][0] if steps else h0, steps[-1][1] if steps else c, Wx, Wh, b))
    return np.concatenate([s[0][:, None] for s in steps], axis=1), [s[2] for s in steps]


def lstm_backward(dh, cache):
    T = dh.shape[1]
    carry, dx, total = np.zeros((2,) + dh[:, 0].shape), [None] * T, 0
    for t in range(T - 1, -1, -1):
        dx[t], *back, dWx, dWh, db = lstm_step_backward(dh[:, t] + carry[0], carry[1], cache[t])
        carry = np.array(back)
        total = total + np.vstack([dWx, dWh, db])
    D = dx[0].shape[1]
    return np.stack(dx, 1), carry[0], total[:D], total[D:-1], total[-1]


def temporal_affine_forward(x, w, b):
    padded = np.concatenate([x, np.ones(x.shape[:2] + (1,))], axis=2)
    both = np.vstack([w, b])
    return padded @ both, (padded, both)


def temporal_affine_backward(dout, cache):
    padded, both = cache
    gradient = sum(p.T @ d for p, d in zip(padded, dout))
    return (dout @ both.T)[:, :, :-1], gradient[:-1], gradient[-1]


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    rows = np.flatnonzero(mask)
    dx = np.zeros((N * T, V))
    if len(rows) == 0:
        return 0.0, dx.reshape(N, T, V)
    kept, words = x.reshape(-1, V)[rows], y.reshape(-1)[rows]
    top = kept.max(axis=1, keepdims=True)
    log_total = np.log(np.sum(np.exp(kept - top), axis=1, keepdims=True)) + top
    loss = float(np.sum(log_total[:, 0] - kept[np.arange(len(rows)), words])) / N
    dx[rows] = np.exp(kept - log_total)
    np.subtract.at(dx, (rows, words), 1)
    return loss, dx.reshape(N, T, V) / N


class CaptioningRNN(object):
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        if cell_type not in {"rnn", "lstm"}:
            raise ValueError('Invalid cell_type "%s"' % cell_type)
        self.cell_type = cell_type
        self.word_to_idx = word_to_idx
        self.idx_to_word = {i: w for w, i in word_to_idx.items()}
        self.params = {}
        self._null, self._start, self._end = (word_to_idx[w] for w in ("<NULL>", "<START>", "<END>"))

    def loss(self, features, captions):
        p = self.params
        captions_in, captions_out = captions[:, :-1], captions[:, 1:]
        mask = captions_out != self._null
        h0 = np.hstack([features, np.ones((len(features), 1))]) @ np.vstack([p["W_proj"], p["b_proj"]])
        embedded, cache1 = word_embedding_forward(captions_in, p["W_embed"])
        if self.cell_type == "rnn":
            h, cache2 = rnn_forward(embedded, h0, p["Wx"], p["Wh"], p["b"])
        elif self.cell_type == "lstm":
            h, cache2 = lstm_forward(embedded, h0, p["Wx"], p["Wh"], p["b"])
        scores, cache3 = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
        loss, dout = temporal_softmax_loss(scores, captions_out, mask)
        grads = dict.fromkeys(p)
        dout, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dout, cache3)
        if self.cell_type == "rnn":
            dout, dh0, grads["Wx"], grads["Wh"], grads["b"] = rnn_backward(dout, cache2)
        elif self.cell_type == "lstm":
            dout, dh0, grads["Wx"], grads["Wh"], grads["b"] = lstm_backward(dout, cache2)
        grads["W_embed"] = word_embedding_backward(dout, cache1)
        grads["W_proj"], grads["b_proj"] = np.dot(features.T, dh0), np.sum(dh0, axis=0)
        return loss, grads

    def sample(self, features, max_length=30):
        N = features.shape[0]
        captions = self._null * np.ones((N, max_length), dtype=np.int32)
        p = self.params
        h = features.dot(p["W_proj"]) + p["b_proj"]
        c, word = np.zeros_like(h), np.repeat(self._start, N)
        alive = np.ones(N, dtype=bool)
        for t in range(max_length):  # a row stops at its <END>; the batch stops when every row has
            if not alive.any():
                break
            x = p["W_embed"][word, :]
            if self.cell_type == "rnn":
                h = rnn_step_forward(x, h, p["Wx"], p["Wh"], p["b"])[0]
            else:
                h, c, _ = lstm_step_forward(x, h, c, p["Wx"], p["Wh"], p["b"])
            word = np.argmax(h.dot(p["W_vocab"]) + p["b_vocab"], axis=1)
            captions[alive, t] = word[alive]
            alive &= word != self._end
        return captions
