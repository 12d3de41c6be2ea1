import numpy as np
from mytorch.linear import Linear
from mytorch.rnn_cell import RNNCell


class RNNPhonemeClassifier(object):
    """Two layer RNN + linear."""

    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.rnn = [RNNCell(input_size, hidden_size), RNNCell(hidden_size, hidden_size)]
        self.output_layer = Linear(hidden_size, output_size)
        self.hiddens = []

    def init_weights(self, rnn_weights, linear_weights):
        for i, rnn_cell in enumerate(self.rnn):
            rnn_cell.init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        B, T = x.shape[0], x.shape[1]
        if h_0 is None:
            h_0 = np.zeros((2, B, self.hidden_size))
        lower, upper = h_0[0], h_0[1]
        self.x = x
        self.hiddens = [(lower, upper)]
        for t in range(T):
            lower = self.rnn[0](x[:, t], lower)
            upper = self.rnn[1](lower, upper)
            self.hiddens.append((lower, upper))
        return self.output_layer.forward(upper)

    def backward(self, delta):
        B, T = self.x.shape[0], self.x.shape[1]
        dlower = np.zeros((B, self.hidden_size))
        dupper = self.output_layer.backward(delta)
        for t in range(T, 0, -1):
            lower, upper = self.hiddens[t]
            lower_before, upper_before = self.hiddens[t - 1]
            dx, dupper = self.rnn[1].backward(dupper, upper, lower, upper_before)
            _, dlower = self.rnn[0].backward(dlower + dx, lower, self.x[:, t - 1], lower_before)
        return np.array([dlower, dupper]) / B
