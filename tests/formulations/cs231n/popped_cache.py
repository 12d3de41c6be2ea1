"""A stack of step caches that the backward pass pops empty; sums kept by the last axis first."""
from collections import namedtuple

import numpy as np

Step = namedtuple("Step", "h_in h_out x weights")


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    forward = np.matmul(x, Wx)
    forward = forward + np.matmul(prev_h, Wh)
    forward = forward + b
    next_h = np.tanh(forward)
    return next_h, [Step(prev_h, next_h, x, (Wx, Wh))]


def rnn_step_backward(dnext_h, cache):
    step = cache.pop()
    Wx, Wh = step.weights
    dtanh = 1 - np.power(step.h_out, 2)
    da = dtanh * dnext_h
    # transposed products, transposed back
    dx = np.matmul(Wx, da.T).T
    dprev_h = np.matmul(Wh, da.T).T
    dWx = np.matmul(da.T, step.x).T
    dWh = np.matmul(da.T, step.h_in).T
    db = da.T.sum(axis=-1)
    return [dx, dprev_h, dWx, dWh, db]


def rnn_forward(x, h0, Wx, Wh, b):
    stack, outputs = [], []
    state = h0
    for moment in np.split(x, x.shape[1], axis=1):
        state, one = rnn_step_forward(moment[:, 0], state, Wx, Wh, b)
        stack += one
        outputs.append(state[:, np.newaxis])
    return np.concatenate(outputs, axis=1), stack


def rnn_backward(dh, cache):
    total, dxs, dprev = None, [], 0.0
    t = dh.shape[1]
    while cache:
        t -= 1
        dx, dprev, *grads = rnn_step_backward(dh[:, t] + dprev, cache)
        dxs.append(dx)
        total = grads if total is None else [a + g for a, g in zip(total, grads)]
    return [np.stack(dxs[::-1], axis=1), dprev, *total]


def word_embedding_forward(x, W):
    return W[x, :], [np.shape(W), x]


def word_embedding_backward(dout, cache):
    words, shape = cache.pop(), cache.pop()
    dW = np.zeros(shape, dout.dtype)
    for word in set(words.ravel().tolist()):
        dW[word] = dout[words == word].sum(axis=0)
    return dW


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = x.dot(Wx)
    a = a + prev_h.dot(Wh)
    a = (a + b).T.reshape(4, -1, len(x)).transpose(0, 2, 1)
    gates = [1 / (1 + np.exp(-a[0])), 1 / (1 + np.exp(-a[1])), 1 / (1 + np.exp(-a[2])), np.tanh(a[3])]
    next_c = gates[1] * prev_c + gates[0] * gates[3]
    return gates[2] * np.tanh(next_c), next_c, [x, prev_h, prev_c, Wx, Wh, next_c, gates]


def lstm_step_backward(dnext_h, dnext_c, cache):
    (i, f, o, g), c = cache.pop(), cache.pop()
    Wh, Wx, prev_c, prev_h, x = (cache.pop() for _ in range(5))
    do = dnext_h * np.tanh(c)
    dc = dnext_c + dnext_h * o - do * np.tanh(c) * o
    da = np.concatenate([dc * g * i - dc * g * i * i, dc * prev_c * f * (1 - f), do * o * (1 - o), dc * i - dc * i * g * g], 1)
    return [da.dot(Wx.T), da.dot(Wh.T), dc * f, x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)]


def lstm_forward(x, h0, Wx, Wh, b):
    stack, states, c = [], [], np.zeros_like(h0)
    for t in range(x.shape[1]):
        h0, c, step = lstm_step_forward(x[:, t], h0, c, Wx, Wh, b)
        stack.append(step)
        states.append(h0)
    return np.transpose(states, (1, 0, 2)), stack


def lstm_backward(dh, cache):
    left = list(dh.transpose(1, 0, 2))
    dh0, dc, found = 0, 0, []
    while cache:
        *step, dWx, dWh, db = lstm_step_backward(left.pop() + dh0, dc, cache.pop())
        dx, dh0, dc = step
        found.append((dx, dWx, dWh, db))
    dx, dWx, dWh, db = zip(*found)
    return np.stack(dx[::-1], axis=1), dh0, sum(dWx), sum(dWh), sum(db)


def temporal_affine_forward(x, w, b):
    return np.apply_along_axis(lambda row: row.dot(w) + b, 2, x), [w, x]


def temporal_affine_backward(dout, cache):
    x, w = cache.pop(), cache.pop()
    D, M = w.shape
    return dout.dot(w.T), x.reshape(-1, D).T.dot(dout.reshape(-1, M)), dout.sum(1).sum(0)


def temporal_softmax_loss(x, y, mask, verbose=False):
    loss, dx = 0.0, np.zeros(x.shape)
    places = list(zip(*np.nonzero(mask)))
    while places:
        n, t = places.pop()
        scores = x[n, t] - x[n, t].max()
        log_total = np.log(np.exp(scores).sum())
        loss += log_total - scores[y[n, t]]
        dx[n, t] = np.exp(scores - log_total)
        dx[n, t, y[n, t]] -= 1.0
    return loss / len(x), dx / len(x)


class CaptioningRNN:
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        self.word_to_idx, self.params = word_to_idx, {}
        self.layer = {"rnn": (rnn_forward, rnn_backward), "lstm": (lstm_forward, lstm_backward)}[cell_type]

    def loss(self, features, captions):
        p, undo = self.params, []
        words, targets = captions[:, :-1], captions[:, 1:]
        state = np.matmul(features, p["W_proj"]) + p["b_proj"]
        vectors, cache = word_embedding_forward(words, p["W_embed"])
        undo.append((word_embedding_backward, cache, ["W_embed"]))
        h, cache = self.layer[0](vectors, state, p["Wx"], p["Wh"], p["b"])
        undo.append((self.layer[1], cache, ["h0", "Wx", "Wh", "b"]))
        scores, cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
        undo.append((temporal_affine_backward, cache, ["W_vocab", "b_vocab"]))
        loss, gradient = temporal_softmax_loss(scores, targets, targets != self.word_to_idx["<NULL>"])
        grads = {}
        while undo:
            backward, cache, names = undo.pop()
            found = backward(gradient, cache)
            if names == ["W_embed"]:
                grads["W_embed"] = found
            else:
                gradient, *rest = found
                grads.update(zip(names, rest))
        dh0 = grads.pop("h0")
        return loss, {**grads, "W_proj": np.matmul(dh0.T, features).T, "b_proj": dh0.T.sum(axis=-1)}

    def sample(self, features, max_length=30):
        p = self.params
        state = (np.matmul(features, p["W_proj"]) + p["b_proj"], np.zeros((len(features), len(p["Wh"]))))
        said = [[self.word_to_idx["<START>"]] * len(features)]
        while len(said) <= max_length:
            x = p["W_embed"][said[-1]]
            if self.layer[0] is rnn_forward:
                state = (rnn_step_forward(x, state[0], p["Wx"], p["Wh"], p["b"])[0], None)
            else:
                state = lstm_step_forward(x, *state, p["Wx"], p["Wh"], p["b"])[:2]
            said.append(np.argmax(np.matmul(state[0], p["W_vocab"]) + p["b_vocab"], axis=1).tolist())
        return np.array(said[1:]).T
