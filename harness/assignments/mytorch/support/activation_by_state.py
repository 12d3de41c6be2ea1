"""The activations where the one argument of `backward` is the function's output and what comes back the slope there."""

import numpy as np


class Activation:
    """Remembers its output; `backward` and `derivative` take the output, or nothing."""

    def __init__(self):
        self.A = self.state = None

    def __call__(self, Z):
        return self.forward(Z)

    def forward(self, Z):
        """Apply the function and remember the result."""
        self.A = self.state = self.apply(Z)
        return self.A

    def derivative(self, state=None):
        """The derivative in terms of the function's output (`state`, or the remembered one)."""
        return self.slope(self.A if state is None else state)

    backward = derivative


class Identity(Activation):
    """f(z) = z."""

    def apply(self, Z):
        """The function."""
        return Z

    def slope(self, A):
        """Its derivative, from its output."""
        return np.ones_like(A)


class Sigmoid(Activation):
    """f(z) = 1 / (1 + exp(-z))."""

    def apply(self, Z):
        """The function."""
        return 1 / (1 + np.exp(-Z))

    def slope(self, A):
        """Its derivative, from its output."""
        return A * (1 - A)


class Tanh(Activation):
    """f(z) = tanh(z)."""

    def apply(self, Z):
        """The function."""
        return np.tanh(Z)

    def slope(self, A):
        """Its derivative, from its output."""
        return 1 - A * A


class ReLU(Activation):
    """f(z) = max(z, 0)."""

    def apply(self, Z):
        """The function."""
        return np.maximum(Z, 0)

    def slope(self, A):
        """Its derivative, from its output."""
        return (A > 0) * 1.0


def __getattr__(name):
    """Further activations can be imported, as a package's own `__init__` may do; they are not there to be used."""
    if name.startswith("_"):
        raise AttributeError(name)

    def not_supplied(*options, **more_options):
        raise NotImplementedError(f"{name} is not among the activations supplied here")

    return not_supplied
