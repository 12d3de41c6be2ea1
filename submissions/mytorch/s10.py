import numpy as np
from linear import Linear


class RNNCell:

    def __init__(self, in_dim, h_dim):
        self.W_ih = np.random.rand(h_dim, in_dim)
        self.W_hh = np.random.rand(h_dim, h_dim)
        self.b_ih = np.random.rand(h_dim)
        self.b_hh = np.random.rand(h_dim)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        self.dW_ih, self.dW_hh = np.zeros_like(self.W_ih), np.zeros_like(self.W_hh)
        self.db_ih, self.db_hh = np.zeros_like(self.b_ih), np.zeros_like(self.b_hh)

    def forward(self, x, h):
        return np.tanh(x @ self.W_ih.T + h @ self.W_hh.T + self.b_ih + self.b_hh)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = delta * (1 - h_t ** 2)
        avg = dz / dz.shape[0]
        self.dW_ih += avg.T @ h_prev_l
        self.dW_hh += avg.T @ h_prev_t
        self.db_ih += avg.sum(axis=0)
        self.db_hh += avg.sum(axis=0)
        return dz @ self.W_ih, dz @ self.W_hh


class RNNPhonemeClassifier:

    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.dims = (num_layers, hidden_size)
        self.rnn = [RNNCell(input_size if i == 0 else hidden_size, hidden_size) for i in range(num_layers)]
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        [c.init_weights(*w) for c, w in zip(self.rnn, rnn_weights)]
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        L, H = self.dims
        self.x = x
        h = np.zeros((L, x.shape[0], H)) if h_0 is None else np.array(h_0)
        self.hiddens = [h]
        for t in range(x.shape[1]):
            h = h.copy()
            h[0] = self.rnn[0].forward(x[:, t], h[0])
            for l in range(1, L):
                h[l] = self.rnn[l].forward(h[l - 1], h[l])
            self.hiddens.append(h)
        return self.output_layer.forward(h[-1])

    def backward(self, delta):
        L, H = self.dims
        B, T = self.x.shape[:2]
        dh = np.zeros((L, B, H))
        dh[-1] = self.output_layer.backward(delta)
        t = T - 1
        while t >= 0:
            l = L - 1
            while l >= 0:
                below = self.x[:, t] if l == 0 else self.hiddens[t + 1][l - 1]
                dx, dh[l] = self.rnn[l].backward(dh[l], self.hiddens[t + 1][l], below, self.hiddens[t][l])
                if l > 0:
                    dh[l - 1] += dx
                l -= 1
            l -= 1
        return dh / B
