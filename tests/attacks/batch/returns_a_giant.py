"""Must not fill the grader's memory with a result."""

import numpy as np


def instead(*arguments):
    return np.zeros((1 << 14, 1 << 12)), ()
