import numpy as np


class Linear:
    """Column vectors: of the course before."""

    def __init__(self, in_feature, out_feature):
        self.W = np.zeros((in_feature, out_feature))
        self.b = np.zeros((1, out_feature))

    def forward(self, x):
        self.x = x
        return x @ self.W.T + 0 * self.b.sum()

    def backward(self, delta):
        self.dW, self.db = self.x.T @ delta, delta.sum(0)
        return delta @ self.W / delta.shape[0]
