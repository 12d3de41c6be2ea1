import numpy as np

def rnn_forward(x, h0, U, W, V, b, c):
    y, h = [], [h0]
    for t in range(len(x)):
        h.append(np.tanh(W @ h[t] + U @ x[t] + b))
        y.append(V @ h[t + 1] + c)
    return np.array(y), np.array(h[1:])

def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    g = {"dU": np.zeros_like(U), "dW": np.zeros_like(W), "dV": dy.T @ h, "db": np.zeros_like(b),
         "dc": dy.sum(axis=0), "dx": np.zeros_like(x), "dh0": np.zeros_like(h0)}
    for t in reversed(range(len(x))):
        da = (V.T @ dy[t] + g["dh0"]) * (1 - h[t] ** 2)
        g["dU"] += np.outer(da, x[t])
        g["dW"] += np.outer(da, h[t - 1] if t > 0 else h0)
        g["db"] += da
        g["dx"][t] = U.T @ da
        g["dh0"] = W.T @ da
    return g

def mse_last_step(x, y_true, h0, U, W, V, b, c):
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    grads = {"dV": 2 * (y[-1] - y_true)[:, None] * h[-1], "dc": 2 * (y[-1] - y_true)}
    grads["dU"], grads["dW"], grads["db"] = np.zeros_like(U), np.zeros_like(W), np.zeros_like(b)
    dh, t = V.T @ (2 * (y[-1] - y_true)), len(x) - 1
    while t >= 0:
        da = (1 - h[t] ** 2) * dh
        grads["dU"] += np.outer(da, x[t])
        grads["dW"] += np.outer(da, h[t - 1] if t > 0 else h0)
        grads["db"] += da
        dh = W.T @ da
    return (y[-1] - y_true) ** 2, grads
