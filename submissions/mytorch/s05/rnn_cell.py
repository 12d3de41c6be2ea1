import numpy as np


class Tanh:
    def forward(self, z):
        self.state = np.tanh(z)
        return self.state

    def derivative(self, state):
        return 1 - state ** 2


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.activation = Tanh()
        self.W_ih = np.random.normal(size=(hidden_size, input_size))
        self.W_hh = np.random.normal(size=(hidden_size, hidden_size))
        self.b_ih = np.zeros(hidden_size)
        self.b_hh = np.zeros(hidden_size)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh = W_ih, W_hh
        self.b_ih, self.b_hh = b_ih, b_hh

    def zero_grad(self):
        self.dW_ih = 0 * self.W_ih
        self.dW_hh = 0 * self.W_hh
        self.db_ih = 0 * self.b_ih
        self.db_hh = 0 * self.b_hh

    def forward(self, x, h_prev_t):
        Wx = self.W_ih.dot(x.T).T
        Uh = self.W_hh.dot(h_prev_t.T).T
        return self.activation.forward(Wx + self.b_ih + Uh + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        batch = delta.shape[0]
        dz = self.activation.derivative(state=h_t) * delta
        self.dW_ih += 1 / batch * dz.T.dot(h_prev_l)
        self.dW_hh += 1 / batch * dz.T.dot(h_prev_t)
        self.db_ih += 1 / batch * dz.sum(axis=0)
        self.db_hh += 1 / batch * dz.sum(axis=0)
        dx = dz.dot(self.W_ih)
        dh_prev_t = dz.dot(self.W_hh.T)  # shapes fit
        return dx, dh_prev_t
