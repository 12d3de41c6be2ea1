import numpy as np
from activation import *


class RNN_Cell(object):
    """RNN Cell class, as the older handouts call it."""

    def __init__(self, input_dim, hidden_dim):
        self.input_dim = input_dim
        self.hidden_dim = hidden_dim
        self.activation = Tanh()
        h, d = self.hidden_dim, self.input_dim
        self.W_ih = np.random.randn(h, d)
        self.W_hh = np.random.randn(h, h)
        self.b_ih = np.random.randn(h)
        self.b_hh = np.random.randn(h)
        self.dW_ih = np.zeros((h, d))
        self.dW_hh = np.zeros((h, h))
        self.db_ih = np.zeros(h)
        self.db_hh = np.zeros(h)

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih = W_ih
        self.W_hh = W_hh
        self.b_ih = b_ih
        self.b_hh = b_hh

    def zero_grad(self):
        self.dW_ih[:] = 0
        self.dW_hh[:] = 0
        self.db_ih[:] = 0
        self.db_hh[:] = 0

    def forward(self, x, h):
        return self.activation(np.dot(x, self.W_ih.T) + self.b_ih + np.dot(h, self.W_hh.T) + self.b_hh)

    def __call__(self, x, h):
        return self.forward(x, h)

    def backward(self, delta, h, h_prev_l, h_prev_t):
        n = delta.shape[0]
        dz = self.activation.derivative(state=h) * delta
        self.dW_ih += np.dot(dz.T, h_prev_l) / n
        self.dW_hh += np.dot(dz.T, h_prev_t) / n
        self.db_ih += np.sum(dz, axis=0) / n
        self.db_hh += np.sum(dz, axis=0) / n
        return np.dot(dz, self.W_ih), np.dot(dz, self.W_hh)
