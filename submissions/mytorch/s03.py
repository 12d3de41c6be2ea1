"""RNN cell, linear layer and classifier in one file (I could not get the package imports to work)."""
import numpy as np


class RNNCell:
    # internally: one matrix W = [W_ih | W_hh] applied to [x | h], one bias b_ih + b_hh

    def __init__(self, input_size, hidden_size):
        H = hidden_size
        self.init_weights(np.random.rand(H, input_size), np.random.rand(H, H), np.random.rand(H), np.random.rand(H))
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        H, D = self.W_ih.shape
        self.dW_ih, self.dW_hh = np.zeros((H, D)), np.zeros((H, H))
        self.db_ih, self.db_hh = np.zeros(H), np.zeros(H)

    def W(self):
        return np.concatenate([self.W_ih, self.W_hh], axis=1)

    def forward(self, x, h_prev_t):
        both = np.concatenate([x, h_prev_t], axis=1)
        return np.tanh(both @ self.W().T + (self.b_ih + self.b_hh))

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        B, D = h_prev_l.shape
        dz = delta * (1 - h_t * h_t)
        both = np.concatenate([h_prev_l, h_prev_t], axis=1)
        dW = dz.T @ both / B
        db = dz.mean(axis=0)
        self.dW_ih += dW[:, :D]
        self.dW_hh += dW[:, D:]
        self.db_ih += db
        self.db_hh += db
        dboth = dz @ self.W()
        return dboth[:, :D], dboth[:, D:]


class MyLinear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        return (self.W @ A.T + self.b).T

    def backward(self, dZ):
        self.dW = dZ.T @ self.A / len(dZ)
        self.db = dZ.mean(axis=0)[:, None]
        return dZ @ self.W


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.H, self.L = hidden_size, num_layers
        self.rnn = [RNNCell(hidden_size if l else input_size, hidden_size) for l in range(num_layers)]
        self.output_layer = MyLinear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for l in range(self.L):
            self.rnn[l].init_weights(*rnn_weights[l])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        # layer by layer instead of step by step: a layer only needs the whole sequence below it
        B, T, _ = x.shape
        self.seqs = [x]
        self.first = [np.zeros((B, self.H)) if h_0 is None else h_0[l] for l in range(self.L)]
        for cell, h in zip(self.rnn, self.first):
            out = []
            for t in range(T):
                h = cell.forward(self.seqs[-1][:, t], h)
                out.append(h)
            self.seqs.append(np.stack(out, axis=1))
        return self.output_layer.forward(self.seqs[-1][:, -1])

    def backward(self, delta):
        B, T, _ = self.seqs[0].shape
        dseq = np.zeros((B, T, self.H))
        dseq[:, -1] = self.output_layer.backward(delta)
        dh_0 = []
        for l in range(self.L - 1, -1, -1):
            below, mine = self.seqs[l], self.seqs[l + 1]
            dbelow, dprev = np.zeros(below.shape), np.zeros((B, self.H))
            for t in range(T - 1, -1, -1):
                before = mine[:, t - 1] if t else self.first[l]
                dbelow[:, t], dprev = self.rnn[l].backward(dseq[:, t] + dprev, mine[:, t], below[:, t], before)
            dh_0.insert(0, dprev)
            dseq = dbelow
        return np.array(dh_0) / B
