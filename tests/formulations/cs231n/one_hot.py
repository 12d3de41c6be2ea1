"""Words are rows with a single one, so that looking up is a product; the model is a tape of functions to undo."""
import numpy as np


def _rows(words, size):
    return (np.asarray(words)[..., None] == np.arange(size)).astype(float)


def word_embedding_forward(x, W):
    hot = _rows(x, len(W))
    return hot @ W, hot


def word_embedding_backward(dout, hot):
    return hot.reshape(-1, hot.shape[-1]).T @ dout.reshape(-1, dout.shape[-1])


def temporal_affine_forward(x, w, b):
    out = np.broadcast_to(b, x.shape[:2] + b.shape).copy()
    for d in range(x.shape[2]):
        out += x[:, :, d, None] * w[d]
    return out, (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    dx = (dout[:, :, None, :] * w).sum(axis=-1)
    dw = (x[:, :, :, None] * dout[:, :, None, :]).sum(axis=1).sum(axis=0)
    return dx, dw, dout.sum(axis=1).sum(axis=0)


def temporal_softmax_loss(x, y, mask, verbose=False):
    weight = np.asarray(mask, dtype=float)[:, :, None] / len(x)
    hot = _rows(y, x.shape[2])
    log_p = x - x.max(axis=-1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=-1, keepdims=True))
    return -(weight * hot * log_p).sum(), weight * (np.exp(log_p) - hot)


def _squashed(a):
    """A sigmoid by way of tanh."""
    return 0.5 * (1.0 + np.tanh(0.5 * a))


class Tape:
    """Values with the functions that carry their gradients back."""

    def __init__(self, params):
        self.params, self.undo, self.grads = params, [], {k: np.zeros(np.shape(v)) for k, v in params.items()}

    def affine(self, x, weight, bias=None):
        """x @ W (+ b), and a function from its gradient to that of x."""
        W = self.params[weight]
        out = x @ W if bias is None else x @ W + self.params[bias]

        def back(d):
            self.grads[weight] += x.T @ d
            if bias is not None:
                self.grads[bias] += d.sum(axis=0)
            return d @ W.T

        return out, back


class CaptioningRNN:
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        self.params, self.word_to_idx, self.cell_type = {}, word_to_idx, cell_type

    def _step(self, tape, x, h, c):
        """One step of either cell: h, c, and a function from (dh, dc) to (dx, dh, dc)."""
        from_x, back_x = tape.affine(x, "Wx", "b")
        from_h, back_h = tape.affine(h, "Wh")
        a = from_x + from_h
        if self.cell_type == "rnn":
            new = np.tanh(a)

            def back(dh, dc):
                da = dh * (1 - new * new)
                return back_x(da), back_h(da), dc

            return new, c, back
        n = a.shape[1] // 4
        i, f, o, g = _squashed(a[:, :n]), _squashed(a[:, n : 2 * n]), _squashed(a[:, 2 * n : 3 * n]), np.tanh(a[:, 3 * n :])
        cell = f * c + i * g
        y = np.tanh(cell)

        def back(dh, dc):
            dc = dc + dh * o * (1 - y * y)
            da = np.hstack([dc * g * i * (1 - i), dc * c * f * (1 - f), dh * y * o * (1 - o), dc * i * (1 - g * g)])
            return back_x(da), back_h(da), dc * f

        return o * y, cell, back

    def loss(self, features, captions):
        tape, V = Tape(self.params), len(self.params["W_embed"])
        h, back_first = tape.affine(features, "W_proj", "b_proj")
        c, loss, steps = np.zeros_like(h), 0.0, []
        for word, target in zip(captions.T[:-1], captions.T[1:]):
            x, back_word = tape.affine(_rows(word, V), "W_embed")
            h, c, back_step = self._step(tape, x, h, c)
            scores, back_scores = tape.affine(h, "W_vocab", "b_vocab")
            mask = (target != self.word_to_idx["<NULL>"])[:, None]
            one, dscores = temporal_softmax_loss(scores[:, None], target[:, None], mask)
            loss += one
            steps.append((back_word, back_step, back_scores, dscores[:, 0]))
        dh, dc = np.zeros_like(h), np.zeros_like(c)
        for back_word, back_step, back_scores, dscores in reversed(steps):
            dx, dh, dc = back_step(dh + back_scores(dscores), dc)
            back_word(dx)
        back_first(dh)
        return loss, tape.grads

    def sample(self, features, max_length=30):
        tape, V = Tape(self.params), len(self.params["W_embed"])
        h, _ = tape.affine(features, "W_proj", "b_proj")
        c, word, said = np.zeros_like(h), np.full(len(h), self.word_to_idx["<START>"]), []
        for _ in range(max_length):
            x, _ = tape.affine(_rows(word, V), "W_embed")
            h, c, _ = self._step(tape, x, h, c)
            word = tape.affine(h, "W_vocab", "b_vocab")[0].argmax(axis=1)
            said.append(word)
        return np.column_stack(said)
