import numpy as np


class Linear:
    """My linear layer from homework 1."""

    def __init__(self, in_features, out_features):
        self.W = np.zeros((out_features, in_features), dtype="f8")
        self.b = np.zeros((out_features, 1), dtype="f8")

    def forward(self, A):
        self.A = A
        self.N = A.shape[0]
        self.Ones = np.ones((self.N, 1), dtype="f8")
        return self.A @ self.W.T + self.Ones @ self.b.T

    def backward(self, dLdZ):
        self.dLdW = dLdZ.T @ self.A / self.N
        self.dLdb = dLdZ.T @ self.Ones / self.N
        return dLdZ @ self.W
