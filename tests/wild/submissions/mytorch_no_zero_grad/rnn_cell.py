import numpy as np


class RNNCell(object):
    def __init__(self, input_size, hidden_size):
        self.D = input_size
        self.H = hidden_size

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh
        self.dW_ih, self.dW_hh = np.zeros((self.H, self.D)), np.zeros((self.H, self.H))
        self.db_ih, self.db_hh = np.zeros(self.H), np.zeros(self.H)

    def forward(self, x, h_prev_t):
        return np.tanh(x.dot(self.W_ih.T) + self.b_ih + h_prev_t.dot(self.W_hh.T) + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        batch = h_t.shape[0]
        dz = (1 - np.square(h_t)) * delta
        self.dW_ih += np.einsum("bh,bd->hd", dz, h_prev_l) / batch
        self.dW_hh += np.einsum("bh,bk->hk", dz, h_prev_t) / batch
        self.db_ih += np.average(dz, axis=0)
        self.db_hh += np.average(dz, axis=0)
        return dz.dot(self.W_ih), dz.dot(self.W_hh)
