"""The cell computes its state again and takes 1/cosh² of the pre-activation; gradients in a dict behind properties."""
import numpy as np
from mytorch.activations import Tanh
from mytorch.linear import Linear


def _gradient(name):
    return property(lambda self: self.grads[name], lambda self, value: self.grads.__setitem__(name, value))


class RNNCell(object):
    dW_ih, dW_hh, db_ih, db_hh = (_gradient(name) for name in ("W_ih", "W_hh", "b_ih", "b_hh"))

    def __init__(self, input_size, hidden_size):
        self.activation = Tanh()
        self.W_ih, self.W_hh = np.random.rand(hidden_size, input_size), np.random.rand(hidden_size, hidden_size)
        self.b_ih, self.b_hh = np.random.rand(hidden_size), np.random.rand(hidden_size)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        self.grads = {name: np.zeros_like(getattr(self, name)) for name in ("W_ih", "W_hh", "b_ih", "b_hh")}

    def pre_activation(self, x, h_prev_t):
        return np.inner(x, self.W_ih) + self.b_ih + np.inner(h_prev_t, self.W_hh) + self.b_hh

    def forward(self, x, h_prev_t):
        return self.activation.forward(self.pre_activation(x, h_prev_t))

    def backward(self, delta, h, h_prev_l, h_prev_t):
        z = np.clip(self.pre_activation(h_prev_l, h_prev_t), -300, 300)
        dz = delta / np.cosh(z) / np.cosh(z)
        mean = dz.mean(axis=0)
        self.grads["W_ih"] = self.grads["W_ih"] + np.mean([np.outer(g, v) for g, v in zip(dz, h_prev_l)], axis=0)
        self.grads["W_hh"] = self.grads["W_hh"] + np.mean([np.outer(g, v) for g, v in zip(dz, h_prev_t)], axis=0)
        self.grads["b_ih"], self.grads["b_hh"] = self.grads["b_ih"] + mean, self.grads["b_hh"] + mean
        return dz.dot(self.W_ih), dz.dot(self.W_hh)


class RNNPhonemeClassifier(object):
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.rnn = [RNNCell([input_size, hidden_size][l > 0], hidden_size) for l in range(num_layers)]
        self.output_layer = Linear(hidden_size, output_size)
        self.hiddens = []

    def init_weights(self, rnn_weights, linear_weights):
        [cell.init_weights(*weights) for cell, weights in zip(self.rnn, rnn_weights)]
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        hidden = np.zeros((self.num_layers, x.shape[0], self.hidden_size)) if h_0 is None else h_0
        self.x = x
        self.hiddens = [hidden]
        for t in range(x.shape[1]):
            hidden = np.copy(hidden)
            for l in range(self.num_layers):
                hidden[l] = self.rnn[l].forward(hidden[l - 1] if l > 0 else x[:, t], hidden[l])
            self.hiddens.append(hidden)
        return self.output_layer(hidden[-1])

    def backward(self, delta):
        # gradients of every state, in one grid, filled from the end
        T = self.x.shape[1]
        grid = np.zeros((T + 1, *self.hiddens[0].shape))
        grid[T, -1] = self.output_layer.backward(delta)
        for t in range(T, 0, -1):
            for l in range(self.num_layers - 1, -1, -1):
                below = self.hiddens[t][l - 1] if l > 0 else self.x[:, t - 1]
                dx, dh = self.rnn[l].backward(grid[t, l], self.hiddens[t][l], below, self.hiddens[t - 1][l])
                grid[t - 1, l] += dh
                if l > 0:
                    grid[t, l - 1] += dx
        return grid[0] / self.x.shape[0]
