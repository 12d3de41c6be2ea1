import numpy as np

from mytorch.linear import Linear
from mytorch.rnn_cell import RNNCell


class RNNPhonemeClassifier(object):
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.rnn = [RNNCell(input_size, hidden_size)]
        for _ in range(num_layers - 1):
            self.rnn.append(RNNCell(hidden_size, hidden_size))
        self.output_layer = Linear(hidden_size, output_size)
        self.hiddens = []

    def init_weights(self, rnn_weights, linear_weights):
        for i in range(len(self.rnn)):
            self.rnn[i].init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        batch_size, seq_len = x.shape[0], x.shape[1]
        hidden = np.zeros((self.num_layers, batch_size, self.hidden_size)) if h_0 is None else h_0.copy()
        self.x = x
        self.hiddens.append(hidden.copy())
        for t in range(seq_len):
            for i, cell in enumerate(self.rnn):
                below = hidden[i - 1] if i > 0 else x[:, t, :]
                hidden[i] = cell(below, hidden[i])
            self.hiddens.append(hidden.copy())
        return self.output_layer.forward(hidden[-1])

    def backward(self, delta):
        batch_size, seq_len = self.x.shape[0], self.x.shape[1]
        dh = np.zeros((self.num_layers, batch_size, self.hidden_size), dtype=float)
        dh[-1] = self.output_layer.backward(delta)
        for t in reversed(range(seq_len)):
            for i in reversed(range(self.num_layers)):
                below = self.hiddens[t + 1][i - 1] if i > 0 else self.x[:, t, :]
                dx, dh[i] = self.rnn[i].backward(dh[i], self.hiddens[t + 1][i], below, self.hiddens[t][i])
                if i > 0:
                    dh[i - 1] += dx
        return dh / batch_size
