import numpy as np


def rnn_forward(x, h0, U, W, V, b, c):
    T = len(x)
    h = np.zeros((T, len(h0)))
    y = np.zeros((T, len(c)))
    for t in range(T):
        before = h0 if t == 0 else h[t - 1]
        h[t] = np.tanh(W @ before + U @ x[t])
        y[t] = V @ h[t] + c
    return y, h


def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    grads = {"d" + n: np.zeros_like(a) for n, a in (("U", U), ("W", W), ("V", V), ("b", b), ("c", c), ("x", x))}
    dh = np.zeros_like(h0)
    for t in range(len(x) - 1, -1, -1):
        before = h0 if t == 0 else h[t - 1]
        grads["dc"] += dy[t]
        grads["dV"] += np.outer(dy[t], h[t])
        dh += V.T @ dy[t]
        dz = dh * (1 - h[t] * h[t])
        grads["db"] += dz
        grads["dW"] += np.outer(dz, before)
        grads["dU"] += np.outer(dz, x[t])
        grads["dx"][t] = U.T @ dz
        dh = W.T @ dz
    grads["dh0"] = dh
    return grads


def mse_last_step(x, y_true, h0, U, W, V, b, c):
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    error = y[-1] - y_true
    dy = np.zeros_like(y)
    dy[-1] = 2 * error
    grads = rnn_backward(dy, x, h, h0, U, W, V, b, c)
    return np.mean(error ** 2), {name: grads[name] for name in ("dU", "dW", "dV", "db", "dc")}
