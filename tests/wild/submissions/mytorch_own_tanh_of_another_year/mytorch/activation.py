import numpy as np


class Tanh:
    """This year's: backward gives the slope of the latest forward, and nothing else."""

    def forward(self, Z):
        self.A = np.tanh(Z)
        return self.A

    def backward(self, *anything, **more):
        return 1 - self.A ** 2
