"""One sample and one unit at a time; averages made by adding one B-th of each sample's share. `from linear import`."""
import math

import numpy as np
from linear import Linear


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.D, self.H = input_size, hidden_size
        self.W_ih, self.W_hh = np.zeros((self.H, self.D)), np.zeros((self.H, self.H))
        self.b_ih, self.b_hh = np.zeros(self.H), np.zeros(self.H)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        self.dW_ih, self.dW_hh = np.zeros((self.H, self.D)), np.zeros((self.H, self.H))
        self.db_ih, self.db_hh = np.zeros(self.H), np.zeros(self.H)

    def forward(self, x, h_prev_t):
        h_t = np.zeros((len(x), self.H))
        for n in range(len(x)):
            for j in range(self.H):
                z = sum(w * v for w, v in zip(self.W_ih[j], x[n])) + self.b_ih[j]
                z += sum(w * v for w, v in zip(self.W_hh[j], h_prev_t[n])) + self.b_hh[j]
                h_t[n, j] = math.tanh(z)
        return h_t

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        B = len(delta)
        dx, dh_prev_t = np.zeros((B, self.D)), np.zeros((B, self.H))
        for n in range(B):
            for j in range(self.H):
                dz = delta[n, j] * (1 - h_t[n, j]) * (1 + h_t[n, j])
                self.db_ih[j] += dz / B
                self.db_hh[j] += dz / B
                self.dW_ih[j] += dz / B * h_prev_l[n]
                self.dW_hh[j] += dz / B * h_prev_t[n]
                dx[n] += dz * self.W_ih[j]
                dh_prev_t[n] += dz * self.W_hh[j]
        return dx, dh_prev_t


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.hidden_size, self.num_layers = hidden_size, num_layers
        self.rnn = []
        for l in range(num_layers):
            self.rnn.append(RNNCell(hidden_size if l else input_size, hidden_size))
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for i, rnn_cell in enumerate(self.rnn):
            rnn_cell.init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        # layer after layer, each over the whole sequence
        self.inputs, self.states = [], []
        sequence = [x[:, t] for t in range(x.shape[1])]
        for l in range(self.num_layers):
            state = np.zeros((len(x), self.hidden_size)) if h_0 is None else h_0[l]
            states = [state]
            for moment in sequence:
                states.append(self.rnn[l].forward(moment, states[-1]))
            self.inputs.append(sequence)
            self.states.append(states)
            sequence = states[1:]
        return self.output_layer.forward(sequence[-1])

    def backward(self, delta):
        B, T = len(delta), len(self.inputs[0])
        upstream = [0.0] * (T - 1) + [self.output_layer.backward(delta)]
        dh_0 = [None] * self.num_layers
        for l in range(self.num_layers - 1, -1, -1):
            carry = np.zeros((B, self.hidden_size))
            below = [None] * T
            for t in range(T - 1, -1, -1):
                below[t], carry = self.rnn[l].backward(
                    carry + upstream[t], self.states[l][t + 1], self.inputs[l][t], self.states[l][t]
                )
            dh_0[l], upstream = carry, below
        return np.array(dh_0) / B
