import numpy as np


class Output:
    def __init__(self, V, c):
        self.V, self.c = V, c

    def forward(self, h):
        return np.matmul(h, self.V.T) + self.c

    def backward(self, dy, h):
        return {"dV": np.matmul(dy.T, h), "dc": dy.sum(axis=0)}, np.matmul(dy, self.V)


class Recurrent:
    def __init__(self, U, W, b):
        self.U, self.W, self.b = U, W, b

    def forward(self, x, h0):
        driven = np.matmul(x, self.U.T) + self.b
        states = np.zeros_like(driven)
        state = h0
        for t, drive in enumerate(driven):
            state = states[t] = np.tanh(drive + self.W @ state)
        return states

    def backward(self, dh, x, h, h0):
        deltas = np.zeros_like(dh)
        carried = np.zeros_like(h0)
        for t in reversed(range(len(x))):
            deltas[t] = (dh[t] + carried) * (1 - h[t] ** 2)
            carried = deltas[t] @ self.W
        return {
            "dU": deltas.T @ x,
            "dW": deltas.T @ np.vstack((h0[np.newaxis], h[:-1])),
            "db": deltas.sum(axis=0),
            "dx": deltas @ self.U,
            "dh0": carried,
        }
