import numpy as np
import matplotlib.pyplot as plt

from linear import Linear
from rnn_cell import RNNCell


class RNNPhonemeClassifier(object):
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.num_layers = num_layers
        self.hidden_size = hidden_size
        self.rnn = [RNNCell([input_size, hidden_size][i > 0], hidden_size) for i in range(num_layers)]
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
        self.x = x
        if h_0 is None:
            h_0 = np.zeros([self.num_layers, len(x), self.hidden_size])
        self.hiddens.append(h_0.copy())
        for xt in np.moveaxis(x, 1, 0):
            new_h = self.hiddens[-1].copy()
            for i, cell in enumerate(self.rnn):
                xt = new_h[i] = cell.forward(xt, new_h[i])
            self.hiddens.append(new_h)
        return self.output_layer.forward(self.hiddens[-1][-1])

    def backward(self, delta):
        steps, layers = self.x.shape[1], self.num_layers
        dh = np.zeros_like(self.hiddens[0])
        dh[-1] = self.output_layer.backward(delta)
        for t in range(steps)[::-1]:
            for i in range(layers)[::-1]:
                h_prev_l = self.hiddens[t + 1][i - 1] if i else self.x[:, t]
                dx, dh[i] = self.rnn[i].backward(dh[i], self.hiddens[t + 1][i], h_prev_l, self.hiddens[t][i])
                if i:
                    dh[i - 1] += dx
        # weights are averaged already, so dh is done
        return dh
