from numpy import tanh, zeros, array
from numpy.random import randn


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.W_ih, self.W_hh = randn(hidden_size, input_size), randn(hidden_size, hidden_size)
        self.b_ih, self.b_hh = randn(hidden_size), randn(hidden_size)
        self.zero_grad()

    def zero_grad(self):
        self.dW_ih = self.dW_hh = self.db_ih = self.db_hh = 0.0

    def forward(self, x, h_prev_t):
        return tanh(x @ self.W_ih.T + h_prev_t @ self.W_hh.T + (self.b_ih + self.b_hh))

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = delta - delta * h_t**2
        mean = dz.mean(axis=0)
        self.dW_ih = self.dW_ih + dz.T @ h_prev_l / len(dz)
        self.dW_hh = self.dW_hh + dz.T @ h_prev_t / len(dz)
        self.db_ih, self.db_hh = self.db_ih + mean, self.db_hh + mean
        return dz @ self.W_ih, dz @ self.W_hh


class Output:
    def forward(self, a):
        return a @ self.W.T + self.b.T

    def backward(self, d):
        return d @ self.W


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.rnn = [RNNCell([hidden_size, input_size][layer == 0], hidden_size) for layer in range(num_layers)]
        self.output_layer = Output()

    def forward(self, x, h_0=None):
        layers, hidden = len(self.rnn), self.rnn[0].b_hh.shape[0]
        now = zeros((layers, x.shape[0], hidden)) if h_0 is None else h_0
        self.tape = []
        for step in x.transpose(1, 0, 2):
            new = []
            for cell, h in zip(self.rnn, now):
                new.append(cell.forward(step, h))
                self.tape.append((cell, new[-1], step, h))
                step = new[-1]
            now = array(new)
        return self.output_layer.forward(now[-1])

    def backward(self, delta):
        layers = len(self.rnn)
        dh = [0.0 * self.tape[-1][1] for _ in range(layers)]
        dh[-1] = dh[-1] + self.output_layer.backward(delta)
        for i in reversed(range(len(self.tape))):
            cell, *seen = self.tape[i]
            layer = i % layers
            dx, dh[layer] = cell.backward(dh[layer], *seen)
            if layer:
                dh[layer - 1] = dh[layer - 1] + dx
        return array(dh) / len(delta)
