import numpy as np
from rnn_cell import RNNCell
from linear import Linear


class RNNPhonemeClassifier(object):
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.rnn = [RNNCell(s, hidden_size) for s in sizes]
        self.output_layer = Linear(hidden_size, output_size)
        self.hiddens = []

    def init_weights(self, rnn_weights, linear_weights):
        for cell, w in zip(self.rnn, rnn_weights):
            cell.init_weights(*w)
        W, b = linear_weights
        self.output_layer.W = W
        self.output_layer.b = b.reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        B, T, _ = x.shape
        if h_0 is None:
            h_0 = np.zeros((self.num_layers, B, self.hidden_size))
        self.x = x
        self.hiddens = [h_0.copy()]
        for t in range(T):
            new = np.zeros(h_0.shape)
            inp = x[:, t, :]
            for l in range(self.num_layers):
                new[l] = self.rnn[l](inp, self.hiddens[t][l])
                inp = new[l]
            self.hiddens.append(new)
        return self.output_layer.forward(self.hiddens[-1][-1])

    def backward(self, delta):
        B, T, _ = self.x.shape
        dh = np.zeros((self.num_layers, B, self.hidden_size))
        dh[-1] = self.output_layer.backward(delta)
        for t in range(T - 1, -1, -1):
            for l in range(self.num_layers - 1, -1, -1):
                if l == 0:
                    h_prev_l = self.x[:, t, :]
                else:
                    h_prev_l = self.hiddens[t + 1][l - 1]
                dx, dh[l] = self.rnn[l].backward(dh[l], self.hiddens[t + 1][l], h_prev_l, self.hiddens[t][l])
        return dh / B
