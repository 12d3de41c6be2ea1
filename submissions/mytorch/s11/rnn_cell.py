import numpy as np
import matplotlib.pyplot as plt


class RNNCell(object):
    def __init__(self, input_size, hidden_size):
        self.W_ih = np.ones((hidden_size, input_size))
        self.W_hh = np.ones((hidden_size, hidden_size))
        self.b_ih = np.ones(hidden_size)
        self.b_hh = np.ones(hidden_size)
        self.dW_ih = np.zeros((hidden_size, input_size))
        self.dW_hh = np.zeros((hidden_size, hidden_size))
        self.db_ih = np.zeros(hidden_size)
        self.db_hh = np.zeros(hidden_size)

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih = W_ih
        self.W_hh = W_hh
        self.b_ih = b_ih
        self.b_hh = b_hh

    def zero_grad(self):
        self.dW_ih.fill(0.0)
        self.dW_hh.fill(0.0)
        self.db_ih.fill(0.0)
        self.db_hh.fill(0.0)

    def forward(self, x, h_prev_t):
        W, b = self.W_ih, self.b_ih
        U, c = self.W_hh, self.b_hh
        return np.tanh(x.dot(W.T) + h_prev_t.dot(U.T) + (b + c))

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = delta - delta * h_t ** 2
        n = float(h_t.shape[0])
        # np.add.at style: everything in place
        np.add(self.dW_ih, dz.T.dot(h_prev_l) / n, out=self.dW_ih)
        np.add(self.dW_hh, dz.T.dot(h_prev_t) / n, out=self.dW_hh)
        np.add(self.db_ih, dz.sum(0), out=self.db_ih)
        np.add(self.db_hh, dz.sum(0), out=self.db_hh)
        return dz.dot(self.W_ih), dz.dot(self.W_hh)
