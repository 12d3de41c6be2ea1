import numpy as np
from linear import *
from rnn_cell import *


class RNNPhonemeClassifier(object):

    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.rnn = list()
        for i in range(num_layers):
            if i == 0:
                self.rnn.append(RNNCell(input_size, hidden_size))
            else:
                self.rnn.append(RNNCell(hidden_size, hidden_size))
        self.output_layer = Linear(hidden_size, output_size)
        self.hiddens = []

    def init_weights(self, rnn_weights, linear_weights):
        print("init_weights:", len(rnn_weights), "layers")
        for i, rnn_cell in enumerate(self.rnn):
            rnn_cell.init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        batch_size, seq_len = x.shape[0], x.shape[1]
        if h_0 is None:
            hidden = np.zeros((self.num_layers, batch_size, self.hidden_size), dtype=float)
        else:
            hidden = h_0

        self.x = x
        self.hiddens.append(hidden.copy())
        for i in range(seq_len):
            input_ = x[:, i, :]
            for j in range(self.num_layers):
                hidden[j] = self.rnn[j].forward(input_, hidden[j])
                input_ = hidden[j]
            print("step", i, "hidden[-1] mean:", hidden[-1].mean())
            self.hiddens.append(hidden.copy())
        logits = self.output_layer.forward(hidden[-1])
        print("logits:", logits)
        return logits

    def backward(self, delta):
        batch_size, seq_len = self.x.shape[0], self.x.shape[1]
        dh = np.zeros((self.num_layers, batch_size, self.hidden_size), dtype=float)
        dh[-1] = self.output_layer.backward(delta)
        for i in range(seq_len - 1, -1, -1):
            for j in range(self.num_layers - 1, -1, -1):
                h_prev_l = self.hiddens[i + 1][j - 1] if j != 0 else self.x[:, i, :]
                h_prev_t = self.hiddens[i][j]
                h_t = self.hiddens[i + 1][j]
                dx, dh[j, :, :] = self.rnn[j].backward(dh[j, :, :], h_t, h_prev_l, h_prev_t)
                if j != 0:
                    dh[j - 1, :, :] += dx
        return dh / batch_size
