"""Every product spelt out with einsum, the average as a weight of 1/B; states as a list of lists."""
import numpy as np
from mytorch.nn.linear import Linear


class RNNCell:
    def __init__(self, input_size, hidden_size):
        bound = 1 / np.sqrt(hidden_size)
        draw = np.random.default_rng(0).uniform
        self.W_ih = draw(-bound, bound, (hidden_size, input_size))
        self.W_hh = draw(-bound, bound, (hidden_size, hidden_size))
        self.b_ih = draw(-bound, bound, hidden_size)
        self.b_hh = draw(-bound, bound, hidden_size)
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh = W_ih, W_hh
        self.b_ih, self.b_hh = b_ih, b_hh

    def zero_grad(self):
        self.dW_ih, self.dW_hh, self.db_ih, self.db_hh = (
            np.zeros(a.shape) for a in (self.W_ih, self.W_hh, self.b_ih, self.b_hh)
        )

    def forward(self, x, h_prev_t):
        from_below = np.einsum("hd,bd->bh", self.W_ih, x)
        from_before = np.einsum("hk,bk->bh", self.W_hh, h_prev_t)
        return np.tanh((from_below + from_before) + (self.b_ih + self.b_hh))

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = np.einsum("bh,bh->bh", delta, 1 - h_t * h_t)
        share = np.full(len(dz), 1 / len(dz))
        self.dW_ih = self.dW_ih + np.einsum("b,bh,bd->hd", share, dz, h_prev_l)
        self.dW_hh = self.dW_hh + np.einsum("b,bh,bk->hk", share, dz, h_prev_t)
        self.db_ih = self.db_ih + np.einsum("b,bh->h", share, dz)
        self.db_hh = self.db_hh + np.einsum("b,bh->h", share, dz)
        return np.einsum("bh,hd->bd", dz, self.W_ih), np.einsum("bh,hk->bk", dz, self.W_hh)


class RNNPhonemeClassifier:
    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.num_layers, self.hidden_size = num_layers, hidden_size
        self.rnn = [RNNCell(input_size, hidden_size)]
        self.rnn += [RNNCell(hidden_size, hidden_size) for _ in range(num_layers - 1)]
        self.output_layer = Linear(hidden_size, output_size)

    def init_weights(self, rnn_weights, linear_weights):
        for i, rnn_cell in enumerate(self.rnn):
            rnn_cell.init_weights(*rnn_weights[i])
        self.output_layer.W = linear_weights[0]
        self.output_layer.b = linear_weights[1].reshape(-1, 1)

    def __call__(self, x, h_0=None):
        return self.forward(x, h_0)

    def forward(self, x, h_0=None):
        first = [np.zeros((x.shape[0], self.hidden_size))] * self.num_layers if h_0 is None else list(h_0)
        self.x, self.hiddens = x, [first]
        for x_t in x.swapaxes(0, 1):
            now = []
            for cell, before in zip(self.rnn, self.hiddens[-1]):
                now.append(cell.forward(now[-1] if now else x_t, before))
            self.hiddens.append(now)
        return self.output_layer.forward(self.hiddens[-1][-1])

    def backward(self, delta):
        top = self.output_layer.backward(delta)
        dh = [np.zeros_like(top) for _ in range(self.num_layers - 1)] + [top]
        moments = list(zip(self.x.swapaxes(0, 1), self.hiddens[:-1], self.hiddens[1:]))
        for x_t, before, after in reversed(moments):
            below = [x_t, *after[:-1]]
            dx = np.zeros_like(top)
            for l in range(self.num_layers)[::-1]:
                dx, dh[l] = self.rnn[l].backward(dh[l] + dx, after[l], below[l], before[l])
        return np.stack(dh) / delta.shape[0]
