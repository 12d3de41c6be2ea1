import numpy as np


class RNNCell:
    """Elman RNN cell, tanh"""

    def __init__(self, input_size, hidden_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        k = 1 / np.sqrt(hidden_size)
        self.W_ih = np.random.uniform(-k, k, size=(hidden_size, input_size))
        self.W_hh = np.random.uniform(-k, k, size=(hidden_size, hidden_size))
        self.b_ih = np.random.uniform(-k, k, size=hidden_size)
        self.b_hh = np.random.uniform(-k, k, size=hidden_size)
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

    def __call__(self, x, h_prev_t):
        return self.forward(x, h_prev_t)

    def forward(self, x, h_prev_t):
        z = np.dot(x, self.W_ih.T) + self.b_ih + np.dot(h_prev_t, self.W_hh.T) + self.b_hh
        return np.tanh(z)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        B = len(delta)
        dz = delta * (1 - h_t ** 2)
        self.dW_ih += np.dot(dz.T, h_prev_l) / B
        self.dW_hh += np.dot(dz.T, h_prev_t) / B
        self.db_ih += np.mean(dz, axis=0)
        self.db_hh += np.mean(dz, axis=0)
        return np.dot(dz, self.W_ih), np.dot(dz, self.W_hh)
