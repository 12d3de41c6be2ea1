import numpy as np


def tanh(z):
    return np.tanh(z)


def dtanh(h):
    return 1.0 - h ** 2


class RNNCell:
    def __init__(self, input_size, hidden_size):
        shape = {"W_ih": (hidden_size, input_size), "W_hh": (hidden_size, hidden_size)}
        self.W_ih = np.random.randn(*shape["W_ih"])
        self.W_hh = np.random.randn(*shape["W_hh"])
        self.b_ih = np.random.randn(hidden_size)
        self.b_hh = np.random.randn(hidden_size)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih = W_ih
        self.W_hh = W_hh
        self.b_ih = b_ih
        self.b_hh = b_hh

    def zero_grad(self):
        self.dW_ih = np.zeros_like(self.W_ih)
        self.dW_hh = np.zeros_like(self.W_hh)
        self.db_ih = np.zeros_like(self.b_ih)
        self.db_hh = np.zeros_like(self.b_hh)

    def forward(self, x, h_prev_t):
        return tanh(x @ self.W_ih.T + self.b_ih + h_prev_t @ self.W_hh.T + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = delta * dtanh(h_t)
        N = dz.shape[0]
        self.dW_ih += dz.T @ h_prev_l / N
        self.dW_hh += dz.T @ h_prev_t / N
        self.db_ih += dz.sum(axis=0) / N
        self.db_hh += dz.sum(axis=0) / N
        return dz @ self.W_ih, dz @ self.W_hh
