import numpy as np
from linear import Linear
from rnn_cell import RNNCell


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.rnn = []
        for i in range(num_layers):
            self.rnn.append(RNNCell(input_size, hidden_size))
            input_size = hidden_size
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for i, rnn_cell in enumerate(self.rnn):
            rnn_cell.init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        N, T = x.shape[0], x.shape[1]
        L, H = self.num_layers, self.hidden_size
        self.x = x
        self.h = np.zeros((T + 1, L, N, H))
        if h_0 is not None:
            self.h[0] = h_0
        for t in range(T):
            for l in range(L):
                source = x[:, t] if l == 0 else self.h[t + 1, l - 1]
                self.h[t + 1, l] = self.rnn[l].forward(source, self.h[t, l])
        return self.output_layer.forward(self.h[T, L - 1])

    def backward(self, delta):
        T, L, N, H = self.h.shape
        T = T - 1
        dh = np.zeros((L, N, H))
        dh[L - 1] = self.output_layer.backward(delta)
        for t in range(T, 0, -1):
            dx = 0
            for l in range(L - 1, -1, -1):
                source = self.x[:, t - 1] if l == 0 else self.h[t, l - 1]
                dx, dh[l] = self.rnn[l].backward(dh[l] + dx, self.h[t, l], source, self.h[t - 1, l])
        return dh / N
