"""Linear and Tanh of its own in the same file; the states in one array (T+1, L, B, H); columns instead of rows."""
import numpy as np


class Tanh:
    def forward(self, z):
        self.out = np.tanh(z)
        return self.out

    def derivative(self, out):
        return 1.0 - np.square(out)


class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        return (np.dot(self.W, A.T) + self.b).T

    def backward(self, dZ):
        self.dW = np.dot(dZ.T, self.A) / len(dZ)
        self.db = np.mean(dZ, axis=0, keepdims=True).T
        return np.dot(self.W.T, dZ.T).T


class RNNCell:
    NAMES = ("W_ih", "W_hh", "b_ih", "b_hh")

    def __init__(self, input_size, hidden_size):
        self.act = Tanh()
        shapes = ((hidden_size, input_size), (hidden_size, hidden_size), (hidden_size,), (hidden_size,))
        self.init_weights(*(np.random.standard_normal(shape) for shape in shapes))
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        for name, value in zip(self.NAMES, (W_ih, W_hh, b_ih, b_hh)):
            setattr(self, name, value)

    def zero_grad(self):
        for name in self.NAMES:
            setattr(self, "d" + name, np.zeros_like(getattr(self, name)))

    def forward(self, x, h_prev_t):
        columns = self.W_ih.dot(x.T) + self.W_hh.dot(h_prev_t.T) + (self.b_ih + self.b_hh)[:, None]
        return self.act.forward(columns).T

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = (delta * self.act.derivative(h_t)).T  # (H, B)
        B = dz.shape[1]
        for name, gradient in zip(self.NAMES, (dz.dot(h_prev_l), dz.dot(h_prev_t), dz.sum(1), dz.sum(1))):
            setattr(self, "d" + name, getattr(self, "d" + name) + gradient / B)
        return self.W_ih.T.dot(dz).T, self.W_hh.T.dot(dz).T


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        sizes = [input_size] + [hidden_size] * num_layers
        self.hidden_size = hidden_size
        self.rnn = [RNNCell(a, b) for a, b in zip(sizes, sizes[1:])]
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for cell, weights in zip(self.rnn, rnn_weights):
            cell.init_weights(*weights)
        self.output_layer.W, self.output_layer.b = linear_weights[0], linear_weights[1][:, None]

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        B, T, _ = x.shape
        self.x = x
        self.states = np.zeros((T + 1, len(self.rnn), B, self.hidden_size))
        if h_0 is not None:
            self.states[0] = h_0
        for t in range(T):
            for l, cell in enumerate(self.rnn):
                below = self.states[t + 1, l - 1] if l else x[:, t]
                self.states[t + 1, l] = cell.forward(below, self.states[t, l])
        return self.output_layer.forward(self.states[T, -1])

    def backward(self, delta):
        dh = np.zeros(self.states.shape[1:])
        dh[-1] = self.output_layer.backward(delta)
        for t in reversed(range(self.x.shape[1])):
            from_above = 0
            for l in reversed(range(len(self.rnn))):
                below = self.states[t + 1, l - 1] if l else self.x[:, t]
                from_above, dh[l] = self.rnn[l].backward(
                    dh[l] + from_above, self.states[t + 1, l], below, self.states[t, l]
                )
        return dh / len(delta)
