import numpy as np
from linear import Linear
from rnn_cell import *


class RNNPhonemeClassifier(object):
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.rnn = []
        for i in range(num_layers):
            self.rnn.append(RNNCell(input_size if i == 0 else hidden_size, hidden_size))
        self.output_layer = Linear(hidden_size, output_size)
        self.hiddens = []

    def init_weights(self, rnn_weights, linear_weights):
        for cell, weights in zip(self.rnn, rnn_weights):
            cell.init_weights(*weights)
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        batch_size, seq_len = x.shape[0], x.shape[1]
        hidden = np.zeros((self.num_layers, batch_size, self.hidden_size))
        self.x = x
        self.hiddens.append(hidden.copy())
        for t in range(seq_len):
            for l in range(self.num_layers):
                below = x[:, t] if l == 0 else hidden[l - 1]
                hidden[l] = self.rnn[l](below, hidden[l])
            self.hiddens.append(hidden.copy())
        return self.output_layer.forward(hidden[-1])

    def backward(self, delta):
        batch_size, seq_len = self.x.shape[0], self.x.shape[1]
        dh = np.zeros((self.num_layers, batch_size, self.hidden_size))
        dh[-1] = self.output_layer.backward(delta)
        for t in range(seq_len - 1, -1, -1):
            for l in range(self.num_layers - 1, -1, -1):
                h_prev_l = self.x[:, t] if l == 0 else self.hiddens[t + 1][l - 1]
                dx, dh[l] = self.rnn[l].backward(dh[l], self.hiddens[t + 1][l], h_prev_l, self.hiddens[t][l])
                if l > 0:
                    dh[l - 1] += dx
        return dh / batch_size
