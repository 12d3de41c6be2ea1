"""Recursion over time instead of a loop; gradients travel as tuples up the recursion."""
import numpy as np


def _forward(x, state, U, W, b):
    if len(x) == 0:
        return []
    state = np.tanh(U.dot(x[0]) + W.dot(state) + b)
    return [state] + _forward(x[1:], state, U, W, b)


def rnn_forward(x, h0, U, W, V, b, c):
    h = np.vstack(_forward(list(x), h0, U, W, b))
    return h.dot(V.T) + c, h


def _backward(dy, x, h, before, U, W, V):
    """Gradients of what comes from this step on, and of the state before it."""
    if len(x) == 0:
        return np.zeros_like(U), np.zeros_like(W), np.zeros_like(before), [], np.zeros_like(before)
    dU, dW, db, dx, dh = _backward(dy[1:], x[1:], h[1:], h[0], U, W, V)
    da = (dh + dy[0].dot(V)) * (1 - h[0] ** 2)
    return dU + np.outer(da, x[0]), dW + np.outer(da, before), db + da, [da.dot(U)] + dx, da.dot(W)


def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    dU, dW, db, dx, dh0 = _backward(dy, x, h, h0, U, W, V)
    return dict(dU=dU, dW=dW, dV=dy.T.dot(h), db=db, dc=dy.sum(axis=0), dx=np.vstack(dx), dh0=dh0)


def mse_last_step(x, y_true, h0, U, W, V, b, c):
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    dy = np.zeros(y.shape)
    dy[-1] = 2 * (y[-1] - y_true)
    return np.sum((y[-1] - y_true) ** 2), rnn_backward(dy, x, h, h0, U, W, V, b, c)
