import numpy as np
from linear import Linear
from rnn_cell import RNNCell


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.rnn = [RNNCell(input_size, hidden_size)]
        self.rnn += [RNNCell(hidden_size, hidden_size) for _ in range(num_layers - 1)]
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
        N, T = x.shape[0], x.shape[1]
        hidden = np.zeros((self.num_layers, N, self.hidden_size)) if h_0 is None else h_0.copy()
        self.x = x
        self.hiddens.append(hidden.copy())
        for t in range(T):
            for i in range(self.num_layers):
                if i == 0:
                    hidden[i] = self.rnn[i].forward(x[:, t], hidden[i])
                else:
                hidden[i] = self.rnn[i].forward(hidden[i - 1], hidden[i])
            self.hiddens.append(hidden.copy())
        return self.output_layer.forward(hidden[-1])

    def backward(self, delta):
        N, T = self.x.shape[0], self.x.shape[1]
        dh = np.zeros((self.num_layers, N, self.hidden_size))
        dh[-1] = self.output_layer.backward(delta)
        for t in range(T - 1, -1, -1):
            for i in range(self.num_layers - 1, -1, -1):
                below = self.x[:, t] if i == 0 else self.hiddens[t + 1][i - 1]
                dx, dh[i] = self.rnn[i].backward(dh[i], self.hiddens[t + 1][i], below, self.hiddens[t][i])
                if i > 0:
                    dh[i - 1] += dx
        return dh / N
