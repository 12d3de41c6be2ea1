import numpy as np
from mytorch.rnn_cell import *
from mytorch.linear import *


class RNNPhonemeClassifier(object):
    """Layers of cells, one linear layer at the end. Fill in what is marked."""

    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers

        # TODO: cells and output layer
        self.rnn = None
        self.output_layer = None

        # one array per time step, the initial one first
        self.hiddens = []

    def init_weights(self, rnn_weights, linear_weights):
        for i, cell in enumerate(self.rnn):
            cell.init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        batch, steps = x.shape[:2]
        hidden = np.zeros((self.num_layers, batch, self.hidden_size)) if h_0 is None else h_0
        self.x = x
        self.hiddens.append(hidden.copy())
        logits = None

        # TODO: over time, then over layers

        # return logits
        raise NotImplementedError

    def backward(self, delta):
        batch, steps = self.x.shape[:2]
        dh = np.zeros((self.num_layers, batch, self.hidden_size))
        dh[-1] = self.output_layer.backward(delta)

        # TODO: back over time, then down the layers

        # return dh / batch
        raise NotImplementedError
