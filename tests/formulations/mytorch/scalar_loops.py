"""The phoneme classifier with loops over samples and units; the output layer is written out by hand."""

import numpy as np


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.D, self.H = input_size, hidden_size
        self.init_weights(
            np.random.randn(hidden_size, input_size),
            np.random.randn(hidden_size, hidden_size),
            np.random.randn(hidden_size),
            np.random.randn(hidden_size),
        )
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        self.dW_ih, self.dW_hh = np.zeros((self.H, self.D)), np.zeros((self.H, self.H))
        self.db_ih, self.db_hh = np.zeros(self.H), np.zeros(self.H)

    def forward(self, x, h_prev_t):
        h_t = np.zeros((len(x), self.H))
        for n in range(len(x)):
            for j in range(self.H):
                z = self.b_ih[j] + self.b_hh[j]
                for d in range(self.D):
                    z += self.W_ih[j, d] * x[n, d]
                for k in range(self.H):
                    z += self.W_hh[j, k] * h_prev_t[n, k]
                h_t[n, j] = np.tanh(z)
        return h_t

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        B = delta.shape[0]
        dx, dh_prev_t = np.zeros((B, self.D)), np.zeros((B, self.H))
        for n in range(B):
            for j in range(self.H):
                dz = delta[n, j] * (1 - h_t[n, j] * h_t[n, j])
                self.db_ih[j] += dz / B
                self.db_hh[j] += dz / B
                for d in range(self.D):
                    self.dW_ih[j, d] += dz * h_prev_l[n, d] / B
                    dx[n, d] += dz * self.W_ih[j, d]
                for k in range(self.H):
                    self.dW_hh[j, k] += dz * h_prev_t[n, k] / B
                    dh_prev_t[n, k] += dz * self.W_hh[j, k]
        return dx, dh_prev_t


class Linear:
    def __init__(self, in_features, out_features):
        self.W, self.b = np.zeros((out_features, in_features)), np.zeros((out_features, 1))

    def forward(self, A):
        Z = np.zeros((A.shape[0], self.W.shape[0]))
        for n in range(Z.shape[0]):
            for o in range(Z.shape[1]):
                Z[n, o] = self.b[o, 0] + sum(self.W[o, k] * A[n, k] for k in range(A.shape[1]))
        return Z

    def backward(self, dLdZ):
        return np.array([[sum(row * w) for w in self.W.T] for row in dLdZ])


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.hidden_size, self.num_layers = hidden_size, num_layers
        self.rnn = [RNNCell(input_size, hidden_size)]
        while len(self.rnn) < num_layers:
            self.rnn.append(RNNCell(hidden_size, hidden_size))
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for i in range(self.num_layers):
            self.rnn[i].init_weights(*rnn_weights[i])
        self.output_layer.W, self.output_layer.b = linear_weights[0], linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        """The states are one array (T+1, L, B, H)."""
        B, T, _ = x.shape
        self.x = x
        self.hiddens = np.zeros((T + 1, self.num_layers, B, self.hidden_size))
        if h_0 is not None:
            self.hiddens[0] = h_0
        for t in range(T):
            for layer in range(self.num_layers):
                below = x[:, t, :] if layer == 0 else self.hiddens[t + 1, layer - 1]
                self.hiddens[t + 1, layer] = self.rnn[layer].forward(below, self.hiddens[t, layer])
        return self.output_layer.forward(self.hiddens[T, self.num_layers - 1])

    def backward(self, delta):
        B, T, _ = self.x.shape
        dh = np.zeros((self.num_layers, B, self.hidden_size))
        dh[-1] = self.output_layer.backward(delta)
        for t in range(T - 1, -1, -1):
            for layer in range(self.num_layers - 1, -1, -1):
                below = self.x[:, t, :] if layer == 0 else self.hiddens[t + 1, layer - 1]
                dx, dh[layer] = self.rnn[layer].backward(
                    dh[layer], self.hiddens[t + 1, layer], below, self.hiddens[t, layer]
                )
                if layer > 0:
                    dh[layer - 1] += dx
        return dh / B
