import numpy as np

from nn.linear import Linear
from .rnn_cell import RNNCell


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.hidden_size, self.num_layers = hidden_size, num_layers
        self.rnn = [RNNCell(input_size, hidden_size)]
        self.rnn.extend(RNNCell(hidden_size, hidden_size) for _ in range(1, num_layers))
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for cell, weights in zip(self.rnn, rnn_weights):
            cell.init_weights(*weights)
        self.output_layer.W, self.output_layer.b = linear_weights[0], linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        B, T, _ = x.shape
        self.tape = []  # (layer, input, state before, state after) in the order of computation
        state = {l: h_0[l] if h_0 is not None else np.zeros((B, self.hidden_size)) for l in range(self.num_layers)}
        for t in range(T):
            inp = x[:, t]
            for l, cell in enumerate(self.rnn):
                out = cell.forward(inp, state[l])
                self.tape.append((l, inp, state[l], out))
                state[l] = inp = out
        return self.output_layer.forward(inp)

    def backward(self, delta):
        top = self.output_layer.backward(delta)
        grad = {l: np.zeros_like(top) for l in range(self.num_layers)}
        grad[self.num_layers - 1] = top
        for l, inp, before, after in reversed(self.tape):
            dx, grad[l] = self.rnn[l].backward(grad[l], after, inp, before)
            if l:
                grad[l - 1] = grad[l - 1] + dx
        return np.stack([grad[l] for l in sorted(grad)]) / len(delta)
