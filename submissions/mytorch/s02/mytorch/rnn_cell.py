import numpy as np


class RNNCell(object):
    """RNN Cell class"""

    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        self.W_ih = np.random.randn(hidden_size, input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size)
        self.b_ih = np.random.randn(hidden_size)
        self.b_hh = np.random.randn(hidden_size)
        for name in self.parameter_names():
            setattr(self, "d" + name, np.zeros_like(getattr(self, name)))

    @staticmethod
    def parameter_names():
        return "W_ih", "W_hh", "b_ih", "b_hh"

    def init_weights(self, *weights):
        for name, w in zip(self.parameter_names(), weights):
            setattr(self, name, w)

    def zero_grad(self):
        for name in self.parameter_names():
            setattr(self, "d" + name, np.zeros(getattr(self, name).shape))

    def forward(self, x, h_prev_t):
        from_below = x @ self.W_ih.T + self.b_ih
        from_past = h_prev_t @ self.W_hh.T + self.b_hh
        return np.tanh(from_below + from_past)

    __call__ = forward

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = delta * (1 - np.square(h_t))
        per_sample = dz / delta.shape[0]

        self.dW_ih += per_sample.T @ h_prev_l
        self.dW_hh += per_sample.T @ h_prev_t
        self.db_ih += per_sample.sum(0)
        self.db_hh += per_sample.sum(0)

        dx, dh_prev_t = dz @ self.W_ih, dz @ self.W_hh
        return dx, dh_prev_t
