import numpy as np

print("loading rnn layers ... numpy", np.__version__)

DEBUG = True


def debug(*what):
    if DEBUG:
        print("[debug]", *what)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """Stacks the two inputs and the two matrices so there is only one product."""
    stacked_in = np.hstack((x, prev_h))
    stacked_W = np.vstack((Wx, Wh))
    debug("step forward", stacked_in.shape, stacked_W.shape)
    next_h = np.tanh(stacked_in.dot(stacked_W) + b)
    cache = (stacked_in, stacked_W, next_h, x.shape[1])
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    stacked_in, stacked_W, next_h, D = cache
    da = dnext_h * (1 - next_h ** 2)
    debug("step backward, largest da", np.abs(da).max())
    dstacked_in = da.dot(stacked_W.T)
    dstacked_W = stacked_in.T.dot(da)
    debug(dstacked_in)
    debug(dstacked_W)
    dx, dprev_h = np.split(dstacked_in, [D], axis=1)
    dWx, dWh = np.split(dstacked_W, [D], axis=0)
    return dx, dprev_h, dWx, dWh, np.add.reduce(da, axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    out = []
    stack_of_caches = []
    h = h0
    for t in range(x.shape[1]):
        h, c = rnn_step_forward(x[:, t, :], h, Wx, Wh, b)
        print("t =", t, "h =", h)
        out.append(h)
        stack_of_caches.append(c)
    return np.stack(out, axis=1), stack_of_caches


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    dx, dWx, dWh, db = None, None, None, None
    dprev_h = np.zeros((N, H))
    t = T
    while len(cache) > 0:
        # the last cache pushed is the first one needed
        t = t - 1
        dxt, dprev_h, dWxt, dWht, dbt = rnn_step_backward(dh[:, t, :] + dprev_h, cache.pop())
        if dx is None:
            dx = np.zeros((N, T, dxt.shape[1]))
            dWx, dWh, db = np.zeros_like(dWxt), np.zeros_like(dWht), np.zeros_like(dbt)
        dx[:, t, :] = dxt
        dWx += dWxt
        dWh += dWht
        db += dbt
        print("t =", t, "|dWx| =", np.linalg.norm(dWx), "|dWh| =", np.linalg.norm(dWh))
    print("done!")
    return dx, dprev_h, dWx, dWh, db


def word_embedding_forward(x, W):
    out = W[x]
    cache = (x, W)
    return out, cache


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
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
    dnext_c += dnext_h * o * (1 - tanh_c ** 2)
    dc = dnext_c
    df = dc * prev_c
    di = dc * g
    dg = dc * i
    dprev_c = dc * f
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
    print("loss", loss)
    return loss, dx.reshape(N, T, V)


class CaptioningRNN:
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        print("a captioning model with a", cell_type)
        self.cell, self.null, self.start = cell_type, word_to_idx["<NULL>"], word_to_idx["<START>"]
        self.end, self.params = word_to_idx["<END>"], {}

    def loss(self, features, captions):
        p = self.params
        y = captions[:, 1:]
        h0 = features @ p["W_proj"] + p["b_proj"]
        e, c1 = word_embedding_forward(captions[:, :-1], p["W_embed"])
        fw, bw = {"rnn": (rnn_forward, rnn_backward), "lstm": (lstm_forward, lstm_backward)}[self.cell]
        h, c2 = fw(e, h0, p["Wx"], p["Wh"], p["b"])
        s, c3 = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
        loss, ds = temporal_softmax_loss(s, y, y != self.null)
        dh, dWv, dbv = temporal_affine_backward(ds, c3)
        de, dh0, dWx, dWh, db = bw(dh, c2)
        print("gradients done")
        return loss, dict(
            W_vocab=dWv, b_vocab=dbv, Wx=dWx, Wh=dWh, b=db, W_embed=word_embedding_backward(de, c1),
            W_proj=features.T @ dh0, b_proj=dh0.sum(0),
        )

    def sample(self, features, max_length=30):
        p, words = self.params, []
        h = features @ p["W_proj"] + p["b_proj"]
        c, word = np.zeros_like(h), np.full(len(features), self.start)
        done = np.zeros(len(features), bool)
        for _ in range(max_length):
            x = p["W_embed"][word]
            if self.cell == "rnn":
                h, _ = rnn_step_forward(x, h, p["Wx"], p["Wh"], p["b"])
            else:
                h, c, _ = lstm_step_forward(x, h, c, p["Wx"], p["Wh"], p["b"])
            word = np.where(done, self.null, (h @ p["W_vocab"] + p["b_vocab"]).argmax(1))
            done = done | (word == self.end)
            words.append(word)
        return np.stack(words, 1)
