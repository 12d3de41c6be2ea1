"""Thin classes round plain functions; hiddens as a dict by (t, l); reversed sums; argument names of its own."""
import numpy as np


def affine(a, W, b):
    return np.dot(a, W.T) + b


def tanh_back(h, upstream):
    return upstream * (1 - h) * (1 + h)


def batch_mean(rows):
    total = 0
    for row in rows[::-1]:
        total = total + row
    return total / len(rows)


class RNNCell:
    def __init__(self, n_in, n_hidden):
        z = np.zeros
        self.W_ih, self.W_hh = z((n_hidden, n_in)), z((n_hidden, n_hidden))
        self.b_ih, self.b_hh = z(n_hidden), z(n_hidden)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = map(np.array, (W_ih, W_hh, b_ih, b_hh))

    def zero_grad(self):
        for name in "W_ih W_hh b_ih b_hh".split():
            setattr(self, f"d{name}", np.zeros(getattr(self, name).shape))

    def forward(self, x, h):
        return np.tanh(affine(x, self.W_ih, self.b_ih) + affine(h, self.W_hh, self.b_hh))

    def backward(self, upstream, h, below, before):
        dz = tanh_back(h, upstream)
        self.dW_ih = self.dW_ih + batch_mean(dz[:, :, None] * below[:, None, :])
        self.dW_hh = self.dW_hh + batch_mean(dz[:, :, None] * before[:, None, :])
        self.db_ih = self.db_ih + batch_mean(dz)
        self.db_hh = self.db_hh + batch_mean(dz)
        return [np.dot(dz, self.W_ih), np.dot(dz, self.W_hh)]


class Output:
    def __init__(self, W, b):
        self.W, self.b = W, b


class RNNPhonemeClassifier:
    def __init__(self, n_in, n_hidden, n_out, num_layers=2):
        self.H, self.L = n_hidden, num_layers
        self.rnn = {0: RNNCell(n_in, n_hidden)}
        for l in range(1, num_layers):
            self.rnn[l] = RNNCell(n_hidden, n_hidden)
        self.rnn = [self.rnn[l] for l in range(num_layers)]
        self.output_layer = Output(np.zeros((n_out, n_hidden)), np.zeros((n_out, 1)))

    def init_weights(self, rnn_weights, linear_weights):
        for cell, weights in zip(self.rnn, rnn_weights):
            cell.init_weights(*weights)
        W, b = linear_weights
        self.output_layer = Output(np.array(W), np.array(b).reshape(-1, 1))

    def forward(self, x, h_0=None):
        self.x, self.h = x, {}
        B, self.T, _ = x.shape
        for l in range(self.L):
            self.h[-1, l] = np.zeros((B, self.H)) if h_0 is None else h_0[l]
        for t in range(self.T):
            for l in range(self.L):
                self.h[t, l] = self.rnn[l].forward(self.below(t, l), self.h[t - 1, l])
        return affine(self.h[self.T - 1, self.L - 1], self.output_layer.W, self.output_layer.b.ravel())

    __call__ = forward

    def below(self, t, l):
        return self.x[:, t] if l == 0 else self.h[t, l - 1]

    def backward(self, delta):
        d = {key: 0 * h for key, h in self.h.items()}
        d[self.T - 1, self.L - 1] = np.dot(delta, self.output_layer.W)
        for t, l in sorted((key for key in d if key[0] >= 0), reverse=True):
            dx, dh = self.rnn[l].backward(d[t, l], self.h[t, l], self.below(t, l), self.h[t - 1, l])
            d[t - 1, l] = d[t - 1, l] + dh
            if l:
                d[t, l - 1] = d[t, l - 1] + dx
        return np.stack([d[-1, l] / len(delta) for l in range(self.L)])
