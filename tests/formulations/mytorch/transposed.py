"""The phoneme classifier in transposed form (units by samples), tanh' as 1/cosh^2 of a recomputed pre-activation."""

import numpy as np


class Tanh:
    def forward(self, Z):
        return np.sinh(np.clip(Z, -40, 40)) / np.cosh(np.clip(Z, -40, 40))

    def slope(self, Z):
        return 1 / np.cosh(np.clip(Z, -40, 40)) ** 2


class Linear:
    def __init__(self, in_features, out_features):
        self.W, self.b = np.zeros((out_features, in_features)), np.zeros((out_features, 1))

    def forward(self, A):
        return (self.W @ A.T + self.b).T

    def backward(self, dLdZ):
        return (self.W.T @ dLdZ.T).T


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.activation = Tanh()
        self.W_ih, self.W_hh = np.ones((hidden_size, input_size)), np.ones((hidden_size, hidden_size))
        self.b_ih, self.b_hh = np.ones(hidden_size), np.ones(hidden_size)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        self.dW_ih = np.zeros(self.W_ih.shape)
        self.dW_hh = np.zeros(self.W_hh.shape)
        self.db_ih = np.zeros(self.b_ih.shape)
        self.db_hh = np.zeros(self.b_hh.shape)

    def preactivation(self, x, h):
        return self.W_ih @ x.T + self.W_hh @ h.T + (self.b_ih + self.b_hh)[:, None]

    def forward(self, x, h_prev_t):
        return self.activation.forward(self.preactivation(x, h_prev_t)).T

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = self.activation.slope(self.preactivation(h_prev_l, h_prev_t)) * delta.T
        mean = dz / dz.shape[1]
        self.dW_ih += mean @ h_prev_l
        self.dW_hh += mean @ h_prev_t
        self.db_ih += mean @ np.ones(dz.shape[1])
        self.db_hh += mean.sum(axis=1)
        return (self.W_ih.T @ dz).T, (self.W_hh.T @ dz).T


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.sizes = (num_layers, hidden_size)
        self.rnn = [RNNCell(input_size, hidden_size)]
        self.rnn += [RNNCell(hidden_size, hidden_size) for _ in range(1, num_layers)]
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for cell, (W_ih, W_hh, b_ih, b_hh) in zip(self.rnn, rnn_weights):
            cell.init_weights(W_ih=W_ih, W_hh=W_hh, b_ih=b_ih, b_hh=b_hh)
        self.output_layer.W, self.output_layer.b = linear_weights[0], linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        """A layer at a time; tape[layer] holds what the cell read: its inputs, its states from the first one on."""
        L, H = self.sizes
        self.tape = []
        inputs = [x[:, t] for t in range(x.shape[1])]
        for i in range(L):
            states = [np.zeros((x.shape[0], H)) if h_0 is None else h_0[i]]
            for below in inputs:
                states.append(self.rnn[i].forward(below, states[-1]))
            self.tape.append((inputs, states))
            inputs = states[1:]
        return self.output_layer.forward(inputs[-1])

    def backward(self, delta):
        L, H = self.sizes
        B = delta.shape[0]
        dh_0 = np.empty((L, B, H))
        incoming = {len(self.tape[0][0]) - 1: self.output_layer.backward(delta)}
        for i in reversed(range(L)):
            inputs, states = self.tape[i]
            g, outgoing = np.zeros((B, H)), {}
            for t in reversed(range(len(inputs))):
                outgoing[t], g = self.rnn[i].backward(g + incoming.get(t, 0), states[t + 1], inputs[t], states[t])
            dh_0[i] = g
            incoming = outgoing
        return dh_0 / B
