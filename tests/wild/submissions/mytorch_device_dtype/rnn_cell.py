import numpy as np


class RNNCell(object):
    def __init__(self, input_size, hidden_size, device, dtype):
        self.device = device
        k = 1 / hidden_size ** 0.5
        self.W_ih = np.random.uniform(-k, k, (hidden_size, input_size)).astype(dtype)
        self.W_hh = np.random.uniform(-k, k, (hidden_size, hidden_size)).astype(dtype)
        self.b_ih = np.zeros(hidden_size, dtype=dtype)
        self.b_hh = np.zeros(hidden_size, dtype=dtype)
        self.zero_grad()

    def zero_grad(self):
        for name in ("W_ih", "W_hh", "b_ih", "b_hh"):
            setattr(self, "d" + name, np.zeros_like(getattr(self, name)))

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih[...] = W_ih
        self.W_hh[...] = W_hh
        self.b_ih[...] = b_ih
        self.b_hh[...] = b_hh

    def forward(self, x, h_prev_t):
        z = np.matmul(x, np.transpose(self.W_ih)) + np.matmul(h_prev_t, np.transpose(self.W_hh))
        return np.tanh(z + self.b_ih + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = np.multiply(delta, 1.0 - h_t * h_t)
        for b in range(dz.shape[0]):
            self.dW_ih += np.outer(dz[b], h_prev_l[b]) / dz.shape[0]
            self.dW_hh += np.outer(dz[b], h_prev_t[b]) / dz.shape[0]
            self.db_ih += dz[b] / dz.shape[0]
            self.db_hh += dz[b] / dz.shape[0]
        return np.matmul(dz, self.W_ih), np.matmul(dz, self.W_hh)
