"""Must not learn an answer by tracing the worker's functions."""

import sys

import numpy as np

found = []


def _trace(frame, event, argument):
    found.extend(v for k, v in frame.f_locals.items() if k in ("expected", "truth", "answer"))
    return _trace


sys.settrace(_trace)


def instead(x, prev_h, *others):
    return (found[0] if found else np.zeros(prev_h.shape)), ()
