import numpy as np


class RNNCell(object):
    """Cell of an Elman network. Fill in what is marked."""

    def __init__(self, input_size, hidden_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        h, d = hidden_size, input_size

        # weights
        self.W_ih = np.random.randn(h, d)
        self.W_hh = np.random.randn(h, h)
        self.b_ih = np.random.randn(h)
        self.b_hh = np.random.randn(h)

        # gradients
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
        h, d = self.W_ih.shape
        self.dW_ih, self.dW_hh = np.zeros((h, d)), np.zeros((h, h))
        self.db_ih, self.db_hh = np.zeros(h), np.zeros(h)

    def __call__(self, x, h_prev_t):
        return self.forward(x, h_prev_t)

    def forward(self, x, h_prev_t):
        # TODO: state at this time step
        h_t = None
        return h_t

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = None  # TODO

        # averages over the batch
        self.dW_ih += None  # TODO
        self.dW_hh += None  # TODO
        self.db_ih += None  # TODO
        self.db_hh += None  # TODO

        # what flows on
        dx = None  # TODO
        dh_prev_t = None  # TODO
        return dx, dh_prev_t
