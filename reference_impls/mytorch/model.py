"""Model solution of the MyTorch assignment, in plain numpy: RNNCell and RNNPhonemeClassifier.

Written so that it also runs on arrays that carry an error bound: results are new arrays, never filled buffers.
"""

import numpy as np


class RNNCell:
    """An Elman cell: h_t = tanh(W_ih x + b_ih + W_hh h_prev_t + b_hh)."""

    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        scale = np.sqrt(1 / hidden_size)
        self.W_ih = np.random.uniform(-scale, scale, (hidden_size, input_size))
        self.W_hh = np.random.uniform(-scale, scale, (hidden_size, hidden_size))
        self.b_ih = np.random.uniform(-scale, scale, hidden_size)
        self.b_hh = np.random.uniform(-scale, scale, hidden_size)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        """Take the weights: W_ih (H,D), W_hh (H,H), b_ih (H,), b_hh (H,)."""
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        """Set the four gradients to zero."""
        self.dW_ih, self.dW_hh = np.zeros(self.W_ih.shape), np.zeros(self.W_hh.shape)
        self.db_ih, self.db_hh = np.zeros(self.b_ih.shape), np.zeros(self.b_hh.shape)

    def forward(self, x, h_prev_t):
        """x (B,D), h_prev_t (B,H) -> h_t (B,H)."""
        h_t = np.tanh(x @ self.W_ih.T + self.b_ih + h_prev_t @ self.W_hh.T + self.b_hh)
        return h_t

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        """delta (B,H), h_t (B,H), h_prev_l (B,D), h_prev_t (B,H) -> dx (B,D), dh_prev_t (B,H); adds averages."""
        N = delta.shape[0]
        dz = delta * (1 - h_t ** 2)
        self.dW_ih = self.dW_ih + dz.T @ h_prev_l / N
        self.dW_hh = self.dW_hh + dz.T @ h_prev_t / N
        self.db_ih = self.db_ih + dz.sum(axis=0) / N
        self.db_hh = self.db_hh + dz.sum(axis=0) / N
        dx = dz @ self.W_ih
        dh_prev_t = dz @ self.W_hh
        return dx, dh_prev_t


class Linear:
    """The output layer: Z = A W^T + b, with W (O,H) and b (O,1)."""

    def __init__(self, in_features, out_features):
        self.W, self.b = np.zeros((out_features, in_features)), np.zeros((out_features, 1))

    def forward(self, A):
        """A (B,H) -> Z (B,O)."""
        self.A = A
        return A @ self.W.T + self.b.T

    def backward(self, dLdZ):
        """dLdZ (B,O) -> dLdA (B,H)."""
        N = dLdZ.shape[0]
        self.dLdW, self.dLdb = dLdZ.T @ self.A / N, dLdZ.sum(axis=0) / N
        return dLdZ @ self.W


class RNNPhonemeClassifier:
    """L layers of Elman cells over a sequence, a linear layer on the last state of the top layer."""

    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.rnn = [RNNCell(input_size if layer == 0 else hidden_size, hidden_size) for layer in range(num_layers)]
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        """Take (W_ih, W_hh, b_ih, b_hh) for every layer, and (W (O,H), b (O,)) for the output layer."""
        for cell, weights in zip(self.rnn, rnn_weights):
            cell.init_weights(*weights)
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        """x (B,T,D), h_0 (L,B,H) or None -> logits (B,O)."""
        N, T = x.shape[:2]
        L = self.num_layers
        h0 = np.zeros((L, N, self.hidden_size)) if h_0 is None else h_0
        hid = [[h0[l] for l in range(L)]]
        for t in range(T):
            state, below = [], x[:, t]
            for l in range(L):
                below = self.rnn[l].forward(below, hid[t][l])
                state.append(below)
            hid.append(state)
        self.x, self.hid = x, hid
        return self.output_layer.forward(hid[-1][-1])

    def backward(self, delta):
        """delta (B,O) -> dh_0 (L,B,H), divided by B; every cell's gradients are averages summed over time."""
        x, hid = self.x, self.hid
        N, T = x.shape[:2]
        L = self.num_layers
        dh = [np.zeros(hid[0][l].shape) for l in range(L)]
        dh[-1] = self.output_layer.backward(delta)
        for t in reversed(range(T)):
            for l in reversed(range(L)):
                h_prev_l = x[:, t] if l == 0 else hid[t + 1][l - 1]
                dx, dh_prev = self.rnn[l].backward(dh[l], hid[t + 1][l], h_prev_l, hid[t][l])
                dh[l] = dh_prev
                if l > 0:
                    dh[l - 1] = dh[l - 1] + dx
        dh = np.stack(dh, axis=0)
        return dh / N
