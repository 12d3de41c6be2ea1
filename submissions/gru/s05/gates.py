import numpy as np


def logistic(a):
    return np.exp(-np.logaddexp(0.0, -a))


def three(a, axis=1):
    return np.split(a, 3, axis=axis)
