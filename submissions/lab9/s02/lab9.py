"""Lab 9, exercise 2."""
import numpy as np

from layers import Recurrent, Output


def rnn_forward(x, h0, U, W, V, b, c):
    h = Recurrent(U, W, b).forward(x, h0)
    return Output(V, c).forward(h), h


def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    grads, dh = Output(V, c).backward(dy, h)
    grads.update(Recurrent(U, W, b).backward(dh, x, h, h0))
    return grads


def mse_last_step(x, y_true, h0, U, W, V, b, c):
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    residual = y[-1] - y_true
    dy = np.zeros(y.shape)
    dy[-1] = 2 * residual
    return float(np.sum(residual ** 2)), rnn_backward(dy, x, h, h0, U, W, V, b, c)
