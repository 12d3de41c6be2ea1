"""The classifier runs each cell through all of its time before it goes to the next layer; arrays (B, T, H) a layer."""
import numpy as np
from activation import Tanh
from nn.linear import Linear


class RNNCell:
    def __init__(self, input_size, hidden_size, device=None, dtype=float):
        self.activation = Tanh()
        k = np.sqrt(1.0 / hidden_size)
        self.W_ih = np.random.uniform(-k, k, (hidden_size, input_size)).astype(dtype)
        self.W_hh = np.random.uniform(-k, k, (hidden_size, hidden_size)).astype(dtype)
        self.b_ih = np.random.uniform(-k, k, (hidden_size,)).astype(dtype)
        self.b_hh = np.random.uniform(-k, k, (hidden_size,)).astype(dtype)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih.copy(), W_hh.copy(), b_ih.copy(), b_hh.copy()

    def zero_grad(self):
        self.dW_ih, self.dW_hh = np.zeros(self.W_ih.shape), np.zeros(self.W_hh.shape)
        self.db_ih, self.db_hh = np.zeros(self.b_ih.shape), np.zeros(self.b_hh.shape)

    def forward(self, x, h_prev_t):
        z = np.tensordot(x, self.W_ih, axes=(1, 1))
        z = z + np.tensordot(h_prev_t, self.W_hh, axes=(1, 1))
        return self.activation(z + self.b_ih + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = self.activation.derivative(state=h_t) * delta
        self.dW_ih += np.tensordot(dz, h_prev_l, axes=(0, 0)) / dz.shape[0]
        self.dW_hh += np.tensordot(dz, h_prev_t, axes=(0, 0)) / dz.shape[0]
        self.db_ih += np.sum(dz, axis=0) / dz.shape[0]
        self.db_hh += np.sum(dz, axis=0) / dz.shape[0]
        return np.tensordot(dz, self.W_ih, axes=1), np.tensordot(dz, self.W_hh, axes=1)


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.rnn = [RNNCell(input_size if not l else hidden_size, hidden_size) for l in range(num_layers)]
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for i, rnn_cell in enumerate(self.rnn):
            rnn_cell.init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        B, T, _ = x.shape
        self.layers = [x]
        if h_0 is None:
            h_0 = np.zeros((self.num_layers, B, self.hidden_size))
        self.first = [np.array(h) for h in h_0]
        for l in range(self.num_layers):
            h, states = self.first[l], []
            for t in range(T):
                h = self.rnn[l].forward(self.layers[-1][:, t], h)
                states.append(h)
            self.layers.append(np.stack(states, axis=1))
        return self.output_layer.forward(self.layers[-1][:, -1])

    def backward(self, delta):
        T = self.layers[0].shape[1]
        upstream = np.zeros(self.layers[-1].shape)
        upstream[:, -1] = self.output_layer.backward(delta)
        dh_0 = np.zeros((self.num_layers, delta.shape[0], self.hidden_size))
        for l in range(self.num_layers - 1, -1, -1):
            below, h = self.layers[l], self.layers[l + 1]
            passed_down = np.zeros(below.shape)
            for t in range(T - 1, -1, -1):
                before = h[:, t - 1] if t > 0 else self.first[l]
                delta_t = upstream[:, t] + dh_0[l]
                passed_down[:, t], dh_0[l] = self.rnn[l].backward(delta_t, h[:, t], below[:, t], before)
            upstream = passed_down
        return dh_0 / delta.shape[0]
