"""Only the carry runs in the loop; everything else is contracted over samples and moments at once afterwards."""
import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    h, cache = rnn_forward(x[:, None], prev_h, Wx, Wh, b)
    return h[:, 0], cache


def rnn_step_backward(dnext_h, cache):
    dx, *rest = rnn_backward(dnext_h[:, None], cache)
    return (dx[:, 0], *rest)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    projected = (x.reshape(N * T, D) @ Wx + b).reshape(N, T, -1)
    h = np.empty((N, T + 1, h0.shape[1]), dtype=projected.dtype)
    h[:, 0] = h0
    for t in range(T):
        np.tanh(projected[:, t] + h[:, t] @ Wh, out=h[:, t + 1])
    return h[:, 1:].copy(), (x, Wx, Wh, h)


def rnn_backward(dh, cache):
    x, Wx, Wh, h = cache
    local = (1 - h[:, 1:]) * (1 + h[:, 1:])
    da = np.empty_like(local)
    carry = np.zeros_like(local[:, 0])
    for t in range(dh.shape[1] - 1, -1, -1):
        da[:, t] = (carry + dh[:, t]) * local[:, t]
        carry = da[:, t] @ Wh.T
    dx = np.tensordot(da, Wx, axes=([2], [1]))
    dWx = np.tensordot(x, da, axes=([0, 1], [0, 1]))
    dWh = np.tensordot(h[:, :-1], da, axes=([0, 1], [0, 1]))
    return dx, carry, dWx, dWh, da.sum(axis=1).sum(axis=0)


def word_embedding_forward(x, W):
    one_hot = (x[..., None] == np.arange(len(W))).astype(W.dtype)
    return np.tensordot(one_hot, W, axes=1), one_hot


def word_embedding_backward(dout, cache):
    return np.tensordot(cache, dout, axes=((0, 1), (0, 1)))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    hs, cs, cache = _lstm(x[:, None], prev_h, prev_c, Wx, Wh, b)
    return hs[:, 0], cs[:, 0], cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    dx, dprev_h, dprev_c, *weights = _lstm_back(dnext_h[:, None], dnext_c, cache)
    return (dx[:, 0], dprev_h, dprev_c, *weights)


def lstm_forward(x, h0, Wx, Wh, b):
    hs, _, cache = _lstm(x, h0, np.zeros_like(h0), Wx, Wh, b)
    return hs, cache


def lstm_backward(dh, cache):
    dx, dh0, _, *weights = _lstm_back(dh, np.zeros_like(dh[:, 0]), cache)
    return (dx, dh0, *weights)


def _lstm(x, h0, c0, Wx, Wh, b):
    """All steps' input part at once; the loop adds the state's part."""
    N, T, _ = x.shape
    H = h0.shape[1]
    a = np.tensordot(x, Wx, axes=(2, 0)) + b
    hs, cs, gates = np.zeros((N, T + 1, H)), np.zeros((N, T + 1, H)), np.zeros((N, T, 4, H))
    hs[:, 0], cs[:, 0] = h0, c0
    for t in range(T):
        z = (a[:, t] + np.tensordot(hs[:, t], Wh, axes=(1, 0))).reshape(N, 4, H)
        gates[:, t] = np.concatenate([1 / (1 + np.exp(-z[:, :3])), np.tanh(z[:, 3:])], axis=1)
        i, f, o, g = np.moveaxis(gates[:, t], 1, 0)
        cs[:, t + 1] = f * cs[:, t] + i * g
        hs[:, t + 1] = o * np.tanh(cs[:, t + 1])
    return hs[:, 1:], cs[:, 1:], (x, hs, cs, gates, Wx, Wh)


def _lstm_back(dh, dc, cache):
    x, hs, cs, gates, Wx, Wh = cache
    N, T, H = dh.shape
    da, carry, dc = np.zeros((N, T, 4, H)), 0, np.array(dc, dtype=float)
    for t in range(T - 1, -1, -1):
        i, f, o, g = np.moveaxis(gates[:, t], 1, 0)
        total, y = dh[:, t] + carry, np.tanh(cs[:, t + 1])
        dc += total * o * (1 - y**2)
        da[:, t] = np.stack([dc * g, dc * cs[:, t], total * y, dc * i], axis=1)
        da[:, t, :3] *= gates[:, t, :3] * (1 - gates[:, t, :3])
        da[:, t, 3] *= 1 - g**2
        carry, dc = np.tensordot(da[:, t].reshape(N, 4 * H), Wh, axes=(1, 1)), dc * f
    da = da.reshape(N, T, 4 * H)
    both = ((0, 1), (0, 1))
    dWx, dWh = np.tensordot(x, da, axes=both), np.tensordot(hs[:, :-1], da, axes=both)
    return np.tensordot(da, Wx, axes=(2, 1)), carry, dc, dWx, dWh, da.sum(axis=(0, 1))


def temporal_affine_forward(x, w, b):
    return np.tensordot(x, w, axes=(2, 0)) + b, (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    return np.tensordot(dout, w, axes=(2, 1)), np.tensordot(x, dout, axes=((0, 1), (0, 1))), np.sum(dout, axis=(0, 1))


def temporal_softmax_loss(x, y, mask, verbose=False):
    scores = np.moveaxis(x, 2, 0)
    e = np.exp(scores - np.max(scores, axis=0))
    p = e / np.sum(e, axis=0)
    n, t = np.meshgrid(range(x.shape[0]), range(x.shape[1]), indexing="ij")
    loss = np.tensordot(np.log(p[y, n, t]), -mask.astype(float), axes=2) / x.shape[0]
    p[y, n, t] -= 1
    return loss, np.moveaxis(p * mask / x.shape[0], 0, 2)


class CaptioningRNN(object):
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        self.params, self.ids, self.cell_type = {}, word_to_idx, cell_type

    def loss(self, features, captions):
        names = ("W_proj", "b_proj", "W_embed", "Wx", "Wh", "b", "W_vocab", "b_vocab")
        W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab = (self.params[name] for name in names)
        forward, backward = (rnn_forward, rnn_backward) if self.cell_type == "rnn" else (lstm_forward, lstm_backward)
        wanted = np.roll(captions, -1, axis=1)[:, :-1]
        h0 = np.tensordot(features, W_proj, axes=1) + b_proj
        vectors, embedding = word_embedding_forward(captions[:, :-1], W_embed)
        h, layer = forward(vectors, h0, Wx, Wh, b)
        scores, _ = temporal_affine_forward(h, W_vocab, b_vocab)
        loss, dscores = temporal_softmax_loss(scores, wanted, np.not_equal(wanted, self.ids["<NULL>"]))
        dh, dW_vocab, db_vocab = temporal_affine_backward(dscores, (h, W_vocab))
        dvectors, dh0, dWx, dWh, db = backward(dh, layer)
        dW_embed = word_embedding_backward(dvectors, embedding)
        dW_proj = np.tensordot(features, dh0, axes=(0, 0))
        found = (dW_proj, np.tensordot(np.ones(len(dh0)), dh0, axes=1), dW_embed, dWx, dWh, db, dW_vocab, db_vocab)
        return loss, dict(zip(names, found))

    def sample(self, features, max_length=30):
        p, N = self.params, len(features)
        out = np.full((N, max_length + 1), self.ids["<START>"])
        h = np.tensordot(features, p["W_proj"], axes=1) + p["b_proj"]
        c = np.zeros(h.shape)
        for t in range(max_length):
            x = np.take(p["W_embed"], out[:, t], axis=0)
            if self.cell_type == "rnn":
                h = rnn_forward(x[:, None], h, p["Wx"], p["Wh"], p["b"])[0][:, 0]
            else:
                hs, cs, _ = _lstm(x[:, None], h, c, p["Wx"], p["Wh"], p["b"])
                h, c = hs[:, -1], cs[:, -1]
            out[:, t + 1] = np.tensordot(h, p["W_vocab"], axes=1).__add__(p["b_vocab"]).argmax(axis=1)
        return out[:, 1:]
