import numpy as np
from numpy import einsum


class RNNCell:
    """b batch, i input, h hidden, p hidden one step ago"""

    def __init__(self, input_size, hidden_size):
        rng = np.random.default_rng(7)
        self.W_ih = rng.normal(size=(hidden_size, input_size))
        self.W_hh = rng.normal(size=(hidden_size, hidden_size))
        self.b_ih = rng.normal(size=hidden_size)
        self.b_hh = rng.normal(size=hidden_size)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        (self.W_ih, self.W_hh, self.b_ih, self.b_hh) = (W_ih, W_hh, b_ih, b_hh)

    def zero_grad(self):
        self.dW_ih, self.dW_hh, self.db_ih, self.db_hh = map(
            np.zeros_like, (self.W_ih, self.W_hh, self.b_ih, self.b_hh)
        )

    def forward(self, x, h_prev_t):
        z = einsum("bi,hi->bh", x, self.W_ih) + einsum("bp,hp->bh", h_prev_t, self.W_hh)
        return np.tanh(z + self.b_ih + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = einsum("bh,bh->bh", delta, 1 - h_t ** 2)
        mean = 1.0 / dz.shape[0]
        self.dW_ih = self.dW_ih + mean * einsum("bh,bi->hi", dz, h_prev_l)
        self.dW_hh = self.dW_hh + mean * einsum("bh,bp->hp", dz, h_prev_t)
        self.db_ih = self.db_ih + mean * einsum("bh->h", dz)
        self.db_hh = self.db_hh + mean * einsum("bh->h", dz)
        return einsum("bh,hi->bi", dz, self.W_ih), einsum("bh,hp->bp", dz, self.W_hh)
