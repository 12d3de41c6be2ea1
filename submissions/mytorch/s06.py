import numpy as np
from mytorch.nn.linear import Linear


class RNNCell(object):
    def __init__(self, input_size, hidden_size):
        self.W_ih = np.zeros((hidden_size, input_size))
        self.W_hh = np.zeros((hidden_size, hidden_size))
        self.b_ih, self.b_hh = np.zeros(hidden_size), np.zeros(hidden_size)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih = W_ih
        self.W_hh = W_hh
        self.b_ih = b_ih
        self.b_hh = b_hh

    def zero_grad(self):
        self.dW_ih = np.zeros(self.W_ih.shape)
        self.dW_hh = np.zeros(self.W_hh.shape)
        self.db_ih = np.zeros(self.b_ih.shape)
        self.db_hh = np.zeros(self.b_hh.shape)

    def forward(self, x, h_prev_t):
        """
        B x N_i , B x N_h  ->  B x N_h
        """
        # eq (1)
        a = np.matmul(x, self.W_ih.T) + self.b_ih
        # eq (2)
        c = np.matmul(h_prev_t, self.W_hh.T) + self.b_hh
        h_t = a + c
        return h_t

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        n = delta.shape[0]
        dz = delta
        # averaged
        self.dW_ih += np.matmul(dz.T, h_prev_l) / n
        self.dW_hh += np.matmul(dz.T, h_prev_t) / n
        self.db_ih += dz.sum(axis=0) / n
        self.db_hh += dz.sum(axis=0) / n
        # not averaged
        return np.matmul(dz, self.W_ih), np.matmul(dz, self.W_hh)


class RNNPhonemeClassifier(object):
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.rnn = [RNNCell(input_size, hidden_size)]
        while len(self.rnn) < num_layers:
            self.rnn.append(RNNCell(hidden_size, hidden_size))
        self.output_layer = Linear(hidden_size, output_size)
        self.hiddens = []

    def init_weights(self, rnn_weights, linear_weights):
        for weights, cell in zip(rnn_weights, self.rnn):
            cell.init_weights(*weights)
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        batch_size, seq_len, _ = x.shape
        if h_0 is None:
            h_0 = np.zeros((self.num_layers, batch_size, self.hidden_size))
        self.x = x
        self.hiddens = [list(h_0)]
        for t in range(seq_len):
            now = []
            for layer, cell in enumerate(self.rnn):
                inp = now[-1] if layer else x[:, t]
                now.append(cell.forward(inp, self.hiddens[-1][layer]))
            self.hiddens.append(now)
        return self.output_layer(self.hiddens[-1][-1])

    def backward(self, delta):
        batch_size, seq_len, _ = self.x.shape
        dh = [np.zeros((batch_size, self.hidden_size)) for _ in self.rnn]
        dh[-1] = dh[-1] + self.output_layer.backward(delta)
        for t in range(seq_len, 0, -1):
            for layer in range(self.num_layers - 1, -1, -1):
                inp = self.hiddens[t][layer - 1] if layer else self.x[:, t - 1]
                dx, dh[layer] = self.rnn[layer].backward(
                    dh[layer], self.hiddens[t][layer], inp, self.hiddens[t - 1][layer]
                )
                if layer != 0:
                    dh[layer - 1] = dh[layer - 1] + dx
        return np.stack(dh) / batch_size
