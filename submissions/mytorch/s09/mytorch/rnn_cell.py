import numpy as np


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.params = {
            "W_ih": np.random.randn(hidden_size, input_size) * 0.1,
            "W_hh": np.random.randn(hidden_size, hidden_size) * 0.1,
            "b_ih": np.zeros(hidden_size),
            "b_hh": np.zeros(hidden_size),
        }
        self.grads = {}
        self.zero_grad()

    def __getattr__(self, name):
        # so that cell.W_ih and cell.dW_ih work although everything lives in two dicts
        if name in ("params", "grads"):
            raise AttributeError(name)
        if name in self.params:
            return self.params[name]
        if name[:1] == "d" and name[1:] in self.grads:
            return self.grads[name[1:]]
        raise AttributeError(name)

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.params = {"W_ih": W_ih, "W_hh": W_hh, "b_ih": b_ih, "b_hh": b_hh}

    def zero_grad(self):
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def preact(self, x, h):
        p = self.params
        return x @ p["W_ih"].T + p["b_ih"] + h @ p["W_hh"].T + p["b_hh"]

    def forward(self, x, h_prev_t):
        return np.tanh(self.preact(x, h_prev_t))

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        # h_t is not needed: sech^2 of the pre-activation, computed once more
        cosh = np.cosh(np.clip(self.preact(h_prev_l, h_prev_t), -300, 300))
        dz = delta / cosh / cosh
        B = delta.shape[0]
        for n in range(B):
            self.grads["W_ih"] += np.outer(dz[n], h_prev_l[n]) / B
            self.grads["W_hh"] += np.outer(dz[n], h_prev_t[n]) / B
            self.grads["b_ih"] += dz[n] / B
            self.grads["b_hh"] += dz[n] / B
        return dz @ self.params["W_ih"], dz @ self.params["W_hh"]
