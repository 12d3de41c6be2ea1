"""Loops over single numbers, nothing vectorised; the loss is a float, dx and dh0 are left out of its gradients."""
import math

import numpy as np


def rnn_forward(x, h0, U, W, V, b, c):
    T, n_in = x.shape
    n_h, n_out = len(b), len(c)
    h = np.empty((T, n_h))
    y = np.empty((T, n_out))
    for t in range(T):
        for i in range(n_h):
            a = b[i]
            for j in range(n_h):
                a = a + W[i, j] * (h[t - 1, j] if t else h0[j])
            for j in range(n_in):
                a = a + U[i, j] * x[t, j]
            h[t, i] = math.tanh(a)
        for k in range(n_out):
            y[t, k] = c[k] + sum(V[k, i] * h[t, i] for i in range(n_h))
    return y, h


def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    T, n_in = x.shape
    n_h, n_out = len(b), len(c)
    grads = {"d" + name: np.zeros(p.shape) for name, p in zip("UWVbc", (U, W, V, b, c))}
    grads["dx"] = np.zeros(x.shape)
    later = [0.0] * n_h
    for t in range(T - 1, -1, -1):
        delta = []
        for i in range(n_h):
            g = later[i]
            for k in range(n_out):
                g += V[k, i] * dy[t, k]
                grads["dV"][k, i] += dy[t, k] * h[t, i]
            delta.append(g * (1 - h[t, i] * h[t, i]))
        for k in range(n_out):
            grads["dc"][k] += dy[t, k]
        later = [0.0] * n_h
        for i in range(n_h):
            grads["db"][i] += delta[i]
            for j in range(n_h):
                grads["dW"][i, j] += delta[i] * (h[t - 1, j] if t > 0 else h0[j])
                later[j] += W[i, j] * delta[i]
            for j in range(n_in):
                grads["dU"][i, j] += delta[i] * x[t, j]
                grads["dx"][t, j] += U[i, j] * delta[i]
    grads["dh0"] = np.array(later)
    return grads


def mse_last_step(x, y_true, h0, U, W, V, b, c):
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    target = y_true if isinstance(y_true, (float, int)) else np.ravel(y_true)[0]
    error = y[-1, 0] - target
    dy = np.zeros((len(x), 1))
    dy[-1, 0] = 2 * error
    grads = rnn_backward(dy, x, h, h0, U, W, V, b, c)
    return error ** 2, {name: grads[name] for name in ("dU", "dW", "dV", "db", "dc")}
