"""Model solution of the captioning assignment in plain numpy: recurrent layers, embedding, loss, the captioning model.

Written so that it also runs on arrays that carry an error bound: no buffer is made but from its inputs.
"""

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One step of a tanh RNN: x (N,D), prev_h (N,H), Wx (D,H), Wh (H,H), b (H,) -> next_h (N,H), cache."""
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = (x, prev_h, Wx, Wh, b, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """Gradients of one step: dnext_h (N,H), cache -> dx (N,D), dprev_h (N,H), dWx (D,H), dWh (H,H), db (H,)."""
    x, prev_h, Wx, Wh, b, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """A sequence: x (N,T,D), h0 (N,H) -> h (N,T,H), cache."""
    N, T, D = x.shape
    states, prev = [], h0
    for t in range(T):
        prev = np.tanh(x[:, t] @ Wx + prev @ Wh + b)
        states.append(prev)
    h = np.stack(states, axis=1)
    cache = (x, h0, Wx, Wh, b, h)
    return h, cache


def rnn_backward(dh, cache):
    """Gradients of a sequence: dh (N,T,H), cache -> dx (N,T,D), dh0 (N,H), dWx (D,H), dWh (H,H), db (H,)."""
    x, h0, Wx, Wh, b, h = cache
    N, T, D = x.shape
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    g = np.zeros_like(h0)
    for t in reversed(range(T)):
        prev = h[:, t - 1] if t > 0 else h0
        g = g + dh[:, t]
        da = g * (1 - h[:, t] ** 2)
        dx[:, t] = da @ Wx.T
        dWx = dWx + x[:, t].T @ da
        dWh = dWh + prev.T @ da
        db = db + da.sum(axis=0)
        g = da @ Wh.T
    dh0 = g
    return dx, dh0, dWx, dWh, db


def word_embedding_forward(x, W):
    """Rows of W (V,D) for the words x (N,T) -> out (N,T,D), cache."""
    out = W[x]
    cache = (x, W)
    return out, cache


def word_embedding_backward(dout, cache):
    """Gradient of the embedding: dout (N,T,D), cache -> dW (V,D); a word that stands several times collects all."""
    x, W = cache
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
    return dW


def sigmoid(a):
    """The logistic function; never overflows."""
    return 0.5 * (np.tanh(0.5 * a) + 1)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One step of an LSTM: x (N,D), prev_h, prev_c (N,H), Wx (D,4H), Wh (H,4H), b (4H,) -> next_h, next_c, cache."""
    H = prev_h.shape[1]
    a = b + x @ Wx + prev_h @ Wh
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H : 2 * H])
    o = sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    next_h = o * tanh_c
    cache = (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c, tanh_c)
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    """Gradients of one step: dnext_h, dnext_c (N,H), cache -> dx, dprev_h, dprev_c, dWx, dWh, db."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c, tanh_c = cache
    N, H = dnext_h.shape
    do = dnext_h * tanh_c
    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    di = dc * g
    df = dc * prev_c
    dg = dc * i
    dprev_c = dc * f
    dz = np.concatenate([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)], axis=1)
    dWx = x.T @ dz
    dWh = prev_h.T @ dz
    dbias = dz.sum(axis=0)
    return dz @ Wx.T, dz @ Wh.T, dprev_c, dWx, dWh, dbias


def lstm_forward(x, h0, Wx, Wh, b):
    """A sequence: x (N,T,D), h0 (N,H) -> h (N,T,H), cache; the first cell state is zero."""
    hidden, cell, outputs, cache = h0, np.zeros_like(h0), [], []
    for t in range(x.shape[1]):
        hidden, cell, step_cache = lstm_step_forward(x[:, t], hidden, cell, Wx, Wh, b)
        outputs.append(hidden)
        cache.append(step_cache)
    return np.stack(outputs, axis=1), cache


def lstm_backward(dh, cache):
    """Gradients of a sequence: dh (N,T,H), cache -> dx (N,T,D), dh0 (N,H), dWx (D,4H), dWh (H,4H), db (4H,)."""
    N, T, H = dh.shape
    carry_h, carry_c = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    inputs, sums = [], (0.0, 0.0, 0.0)
    for t in range(T - 1, -1, -1):
        step = lstm_step_backward(dh[:, t] + carry_h, carry_c, cache[t])
        carry_h, carry_c = step[1], step[2]
        inputs.append(step[0])
        sums = tuple(total + one for total, one in zip(sums, step[3:]))
    return np.stack(inputs[::-1], axis=1), carry_h, *sums


def temporal_affine_forward(x, w, b):
    """An affine layer at every step: x (N,T,D), w (D,M), b (M,) -> out (N,T,M), cache."""
    cache = (x, w, b)
    return x @ w + b, cache


def temporal_affine_backward(dout, cache):
    """Gradients of the affine layer: dout (N,T,M), cache -> dx (N,T,D), dw (D,M), db (M,)."""
    x, w, b = cache
    N, T, M = dout.shape
    flat_x, flat_dout = x.reshape(N * T, -1), dout.reshape(N * T, M)
    dinput = dout @ w.T
    dw = flat_x.T @ flat_dout
    dbias = dout.sum(axis=(0, 1))
    return dinput, dw, dbias


def temporal_softmax_loss(x, y, mask, verbose=False):
    """Cross-entropy of scores x (N,T,V) and words y (N,T) where mask (N,T) says so, summed over T, averaged over N.

    -> loss, dx (N,T,V)
    """
    N, T, V = x.shape
    n, t = np.indices((N, T))
    shifted = x - x.max(axis=2, keepdims=True)
    exps = np.exp(shifted)
    total = exps.sum(axis=2, keepdims=True)
    logs = shifted - np.log(total)
    loss = -(logs[n, t, y] * mask).sum() / N
    dscores = exps / total
    dscores[n, t, y] = dscores[n, t, y] - 1
    dscores = dscores * mask[:, :, None] / N
    return loss, dscores


class CaptioningRNN:
    """Captions from image features: an affine layer, word vectors, a recurrent layer, scores over the vocabulary."""

    def __init__(
        self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32
    ):
        if cell_type not in {"rnn", "lstm"}:
            raise ValueError(f"cell_type is {cell_type!r}; expected 'rnn' or 'lstm'")
        self.cell_type, self.dtype = cell_type, dtype
        self._null, self._start = word_to_idx["<NULL>"], word_to_idx["<START>"]
        size, width = len(word_to_idx), {"rnn": 1, "lstm": 4}[cell_type] * hidden_dim
        shapes = {"W_embed": (size, wordvec_dim), "W_proj": (input_dim, hidden_dim)}
        shapes |= {"Wx": (wordvec_dim, width), "Wh": (hidden_dim, width), "W_vocab": (hidden_dim, size)}
        self.params = {k: np.random.randn(*s).astype(dtype) / np.sqrt(s[0]).astype(dtype) for k, s in shapes.items()}
        self.params |= {k: np.zeros(n, dtype) for k, n in (("b_proj", hidden_dim), ("b", width), ("b_vocab", size))}

    def loss(self, features, captions):
        """Training loss: features (N,D), captions int (N,T) -> loss, grads with the keys of `params`."""
        p = self.params
        captions_in, captions_out = captions[:, :-1], captions[:, 1:]
        mask = captions_out != self._null
        forward, backward = {"rnn": (rnn_forward, rnn_backward), "lstm": (lstm_forward, lstm_backward)}[self.cell_type]
        first = features @ p["W_proj"] + p["b_proj"]
        vectors, embedded = word_embedding_forward(captions_in, p["W_embed"])
        states, recurrent = forward(vectors, first, p["Wx"], p["Wh"], p["b"])
        scores, affine = temporal_affine_forward(states, p["W_vocab"], p["b_vocab"])
        loss, dscores = temporal_softmax_loss(scores, captions_out, mask)
        grads = {}
        dstates, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, affine)
        dvectors, dfirst, grads["Wx"], grads["Wh"], grads["b"] = backward(dstates, recurrent)
        grads["W_embed"] = word_embedding_backward(dvectors, embedded)
        grads["W_proj"] = features.T @ dfirst
        grads["b_proj"] = dfirst.sum(axis=0)
        return loss, grads

    def sample(self, features, max_length=30):
        """Greedy captions: features (N,D) -> int (N,max_length), the first column is the word after <START>."""
        p, captions = self.params, []
        hidden = features @ p["W_proj"] + p["b_proj"]
        cell = np.zeros_like(hidden)
        word = np.full(features.shape[0], self._start)
        for _ in range(max_length):
            vector, _ = word_embedding_forward(word, p["W_embed"])
            if self.cell_type == "rnn":
                hidden, _ = rnn_step_forward(vector, hidden, p["Wx"], p["Wh"], p["b"])
            else:
                hidden, cell, _ = lstm_step_forward(vector, hidden, cell, p["Wx"], p["Wh"], p["b"])
            scores = hidden @ p["W_vocab"] + p["b_vocab"]
            word = np.argmax(scores, axis=1)
            captions.append(word)
        return np.stack(captions, axis=1)
