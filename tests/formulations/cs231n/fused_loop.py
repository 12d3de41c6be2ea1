"""The model as one loop over time in each direction, with columns for samples and no layer functions in between."""
import numpy as np


def word_embedding_forward(x, W):
    return np.take(W, x, axis=0), {"index": x, "size": len(W)}


def word_embedding_backward(dout, cache):
    flat, D = cache["index"].reshape(-1), dout.shape[-1]
    columns = [np.bincount(flat, weights=dout[..., d].reshape(-1), minlength=cache["size"]) for d in range(D)]
    return np.stack(columns, axis=1)


def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    return (w.T @ x.reshape(N * T, D).T + b[:, None]).T.reshape(N, T, -1), (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    N, T, M = dout.shape
    columns = dout.reshape(N * T, M).T
    return (w @ columns).T.reshape(x.shape), (columns @ x.reshape(N * T, -1)).T, columns.sum(axis=1)


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    loss, dx = 0.0, np.empty(x.shape)
    for t in range(T):
        columns = x[:, t].T
        powers = np.exp(columns - columns.max(axis=0))
        shares = powers / powers.sum(axis=0)
        loss -= np.log(shares[y[:, t], np.arange(N)])[np.asarray(mask[:, t], bool)].sum() / N
        shares[y[:, t], np.arange(N)] -= 1
        dx[:, t] = (shares * mask[:, t]).T / N
    return loss, dx


class CaptioningRNN(object):
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        self.is_lstm = cell_type == "lstm"
        self.null, self.start = word_to_idx["<NULL>"], word_to_idx["<START>"]
        self.params = {}

    def forward_step(self, x, h, c):
        """Columns x (W,N), h (H,N), c (H,N) -> the next h and c, and what the way back needs."""
        p, H = self.params, len(h)
        a = np.vstack([p["Wx"], p["Wh"]]).T @ np.vstack([x, h]) + p["b"].reshape(-1, 1)
        if not self.is_lstm:
            new = np.tanh(a)
            return new, c, (x, h, c, new)
        gates = 1 / (1 + np.exp(-a[: 3 * H]))
        i, f, o, g = gates[:H], gates[H : 2 * H], gates[2 * H :], np.tanh(a[3 * H :])
        cell = f * c + i * g
        return o * np.tanh(cell), cell, (x, h, c, (i, f, o, g, cell))

    def backward_step(self, dh, dc, kept, grads):
        x, h, c, inner = kept
        if self.is_lstm:
            i, f, o, g, cell = inner
            y = np.tanh(cell)
            dc = dc + dh * o * (1 - y**2)
            da = np.vstack([dc * g * i * (1 - i), dc * c * f * (1 - f), dh * y * o * (1 - o), dc * i * (1 - g**2)])
            dc = dc * f
        else:
            da = dh * (1 - inner**2)
        grads["Wx"] += x @ da.T
        grads["Wh"] += h @ da.T
        grads["b"] += da.sum(axis=1)
        return self.params["Wx"] @ da, self.params["Wh"] @ da, dc

    def loss(self, features, captions):
        p, (N, T) = self.params, captions.shape
        grads = {name: np.zeros(value.shape) for name, value in p.items()}
        h = p["W_proj"].T @ features.T + p["b_proj"].reshape(-1, 1)
        c, kept, loss = np.zeros(h.shape), [], 0.0
        for t in range(T - 1):
            h, c, one = self.forward_step(p["W_embed"][captions[:, t]].T, h, c)
            scores = p["W_vocab"].T @ h + p["b_vocab"].reshape(-1, 1)
            mask = captions[:, t + 1] != self.null
            part, dscores = temporal_softmax_loss(scores.T[:, None], captions[:, t + 1 : t + 2], mask[:, None])
            loss += part
            kept.append((one, h, dscores[:, 0].T))
        dh, dc = np.zeros(h.shape), np.zeros(c.shape)
        for t in range(T - 2, -1, -1):
            one, h, dscores = kept[t]
            grads["W_vocab"] += h @ dscores.T
            grads["b_vocab"] += dscores.sum(axis=1)
            dx, dh, dc = self.backward_step(dh + p["W_vocab"] @ dscores, dc, one, grads)
            for n in range(N):
                grads["W_embed"][captions[n, t]] += dx[:, n]
        grads["W_proj"], grads["b_proj"] = (dh @ features).T, dh.sum(axis=1)
        return loss, grads

    def sample(self, features, max_length=30):
        p, said = self.params, np.empty((len(features), max_length), dtype=np.int64)
        h = p["W_proj"].T @ features.T + p["b_proj"].reshape(-1, 1)
        c, word = np.zeros(h.shape), [self.start] * len(features)
        for t in range(max_length):
            h, c, _ = self.forward_step(p["W_embed"][word].T, h, c)
            word = np.argmax(p["W_vocab"].T @ h + p["b_vocab"].reshape(-1, 1), axis=0)
            said[:, t] = word
        return said
