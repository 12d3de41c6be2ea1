"""Forward and backward as recursions on the number of moments; divided before summing; weights kept as one matrix."""
import numpy as np


class Linear:
    def __init__(self, in_features, out_features):
        self.W, self.b = np.zeros((out_features, in_features)), np.zeros((out_features, 1))

    def __call__(self, A):
        return np.matmul(A, np.transpose(self.W)) + np.reshape(self.b, (1, -1))

    def backward(self, dLdZ):
        return np.matmul(dLdZ, self.W)


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.init_weights(
            np.ones((hidden_size, input_size)), np.eye(hidden_size), np.zeros(hidden_size), np.zeros(hidden_size)
        )
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        self.dW_ih = 0.0 * self.W_ih
        self.dW_hh = 0.0 * self.W_hh
        self.db_ih = 0.0 * self.b_ih
        self.db_hh = 0.0 * self.b_hh

    def _all_weights(self):
        return np.concatenate([self.W_ih, self.W_hh, self.b_ih[:, None], self.b_hh[:, None]], axis=1)

    def _all_inputs(self, x, h):
        ones = np.ones((len(x), 2))
        return np.concatenate([x, h, ones], axis=1)

    def forward(self, x, h_prev_t):
        return np.tanh(self._all_inputs(x, h_prev_t) @ self._all_weights().T)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        d = h_prev_l.shape[1]
        dz = delta - delta * h_t ** 2
        dW = (dz / len(dz)).T @ self._all_inputs(h_prev_l, h_prev_t)
        self.dW_ih = self.dW_ih + dW[:, :d]
        self.dW_hh = self.dW_hh + dW[:, d:-2]
        self.db_ih = self.db_ih + dW[:, -2]
        self.db_hh = self.db_hh + dW[:, -1]
        both = dz @ self._all_weights()
        return both[:, :d], both[:, d:-2]


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.hidden_size, self.num_layers = hidden_size, num_layers
        self.rnn = tuple(RNNCell(hidden_size if i > 0 else input_size, hidden_size) for i in range(num_layers))
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for i, rnn_cell in enumerate(self.rnn):
            rnn_cell.init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def _states(self, x, h, done):
        """Everything that went in and came out of every cell, moment by moment."""
        if x.shape[1] == 0:
            return done
        below, moment, new = x[:, 0], [], []
        for cell, before in zip(self.rnn, h):
            after = cell.forward(below, before)
            moment.append((after, below, before))
            new.append(after)
            below = after
        return self._states(x[:, 1:], new, [*done, moment])

    def forward(self, x, h_0=None):
        if h_0 is None:
            h_0 = np.zeros((self.num_layers, len(x), self.hidden_size))
        self.trace = self._states(x, list(h_0), [])
        return self.output_layer(self.trace[-1][-1][0])

    def _undo(self, trace, dh):
        if not trace:
            return dh
        new, dx = [], 0
        for cell, saved, upstream in zip(self.rnn[::-1], trace[-1][::-1], dh[::-1]):
            dx, before = cell.backward(upstream + dx, *saved)
            new.insert(0, before)
        return self._undo(trace[:-1], new)

    def backward(self, delta):
        dh = [np.zeros((len(delta), self.hidden_size))] * (self.num_layers - 1)
        dh = self._undo(self.trace, [*dh, self.output_layer.backward(delta)])
        return np.array(dh) / len(delta)
