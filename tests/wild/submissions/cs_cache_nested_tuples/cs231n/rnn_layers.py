from __future__ import print_function, division
from builtins import range
from past.builtins import xrange
import pdb
import numpy as np
import matplotlib.pyplot as plt
from cs231n.layers import *
from cs231n.gradient_check import eval_numerical_gradient, rel_error

plt.rcParams["figure.figsize"] = (10.0, 8.0)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h, cache = None, None
    a, fc = affine_forward(x, Wx, b)
    next_h = np.tanh(a + prev_h.dot(Wh))
    cache = next_h, (fc, prev_h), Wh
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    dx, dprev_h, dWx, dWh, db = None, None, None, None, None
    next_h, (fc, prev_h), Wh = cache
    dscore = np.empty_like(dnext_h)
    np.multiply(1 - next_h ** 2, dnext_h, out=dscore)
    dx, dWx, db = affine_backward(dscore, fc)
    dprev_h = np.dot(dscore, Wh.T)
    dWh = np.dot(prev_h.T, dscore)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    cache = ()
    out = []
    for t in xrange(x.shape[1]):
        h0, c = rnn_step_forward(x[:, t, :], h0, Wx, Wh, b)
        out.append(h0)
        cache = (c, cache)
    return np.array(out).transpose(1, 0, 2), cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    dprev = np.zeros((N, H))
    dxs = []
    sums = None
    for t in reversed(xrange(T)):
        step, cache = cache
        dx, dprev, dWx, dWh, db = rnn_step_backward(dh[:, t, :] + dprev, step)
        dxs.insert(0, dx)
        sums = (dWx, dWh, db) if sums is None else (sums[0] + dWx, sums[1] + dWh, sums[2] + db)
    return (np.stack(dxs, 1), dprev) + sums
