import numpy as np
from activation import *


class RNNCell(object):
    def __init__(self, input_size, hidden_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.activation = Tanh()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh = W_ih, W_hh
        self.b_ih, self.b_hh = b_ih, b_hh

    def zero_grad(self):
        d, h = self.input_size, self.hidden_size
        self.dW_ih, self.dW_hh = np.zeros((h, d)), np.zeros((h, h))
        self.db_ih, self.db_hh = np.zeros(h), np.zeros(h)

    def __call__(self, x, h_prev_t):
        return self.forward(x, h_prev_t)

    def forward(self, x, h_prev_t):
        """tanh of it all"""
        h_t = None  # TODO
        return h_t

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        batch_size = delta.shape[0]
        dz = None  # TODO
        self.dW_ih += None  # TODO
        self.dW_hh += None  # TODO
        self.db_ih += None  # TODO
        self.db_hh += None  # TODO
        # return dx, dh_prev_t
        raise NotImplementedError
