"""Must not be believed when an array says that it equals everything."""

import numpy as np


class Liar(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __array__(self, *arguments, **options):
        return self

    __lt__ = __le__ = __eq__
    __sub__ = __rsub__ = lambda self, other: np.zeros(self.shape)


def instead(x, prev_h, *others):
    return np.zeros(prev_h.shape).view(Liar), ()
