import numpy as np


class RNNCell(object):
    """Keeps weights and gradients of both inputs side by side."""

    def __init__(self, input_size, hidden_size):
        self.n = input_size
        self.W = np.empty((hidden_size, input_size + hidden_size))
        self.dW = np.zeros_like(self.W)
        self.zero_grad()

    W_ih = property(lambda self: self.W[:, : self.n])
    W_hh = property(lambda self: self.W[:, self.n :])
    dW_ih = property(lambda self: self.dW[:, : self.n].copy())
    dW_hh = property(lambda self: self.dW[:, self.n :].copy())

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W = np.concatenate([W_ih, W_hh], axis=1)
        self.b_ih, self.b_hh = b_ih, b_hh

    def zero_grad(self):
        self.dW = np.zeros_like(self.W)
        self.db_ih = self.db_hh = np.zeros(self.W.shape[0])

    def forward(self, x, h_prev_t):
        return np.tanh(np.concatenate([x, h_prev_t], 1) @ self.W.T + self.b_ih + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = (1 - h_t ** 2) * delta
        self.dW = self.dW + dz.T @ np.concatenate([h_prev_l, h_prev_t], 1) / len(dz)
        self.db_ih = self.db_hh = self.db_ih + dz.mean(0)
        both = dz @ self.W
        return both[:, : self.n], both[:, self.n :]
