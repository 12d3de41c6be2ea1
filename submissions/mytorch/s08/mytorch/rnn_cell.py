import numpy as np
from mytorch.activation import Tanh


class RNNCell(object):

    def __init__(self, input_size, hidden_size):
        self.tanh = Tanh()
        self.N_i, self.N_h = input_size, hidden_size
        self.W_ih = np.random.rand(self.N_h, self.N_i)
        self.W_hh = np.random.rand(self.N_h, self.N_h)
        self.b_ih = np.random.rand(self.N_h)
        self.b_hh = np.random.rand(self.N_h)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih = W_ih
        self.W_hh = W_hh
        self.b_ih = b_ih
        self.b_hh = b_hh

    def zero_grad(self):
        self.dW_ih = np.zeros((self.N_h, self.N_i))
        self.dW_hh = np.zeros((self.N_h, self.N_h))
        self.db_ih = np.zeros(self.N_h)
        self.db_hh = np.zeros(self.N_h)

    def __call__(self, x, h_prev_t):
        return self.forward(x, h_prev_t)

    def forward(self, x, h_prev_t):
        return self.tanh(x.dot(self.W_ih.T) + self.b_ih + h_prev_t.dot(self.W_hh.T) + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = self.tanh.derivative(h_t) * delta
        N = dz.shape[0]
        self.dW_ih += dz.T.dot(h_prev_l) / N
        self.dW_hh += dz.T.dot(h_prev_t) / N
        self.db_ih += dz.mean(0)
        self.db_hh += dz.mean(0)
        return dz.dot(self.W_ih), dz.dot(self.W_hh)
