"""Column vectors as the handout writes them: diag(1 - h^2) is a matrix, every state is (n_h, 1); the loss is (1,)."""
import numpy as np


def column(v):
    return np.reshape(v, (-1, 1))


def rnn_forward(x, h0, U, W, V, b, c):
    h, y = [column(h0)], []
    for x_t in x:
        h.append(np.tanh(W @ h[-1] + U @ column(x_t) + column(b)))
        y.append(V @ h[-1] + column(c))
    return np.hstack(y).T, np.hstack(h[1:]).T


def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    T = x.shape[0]
    states = [column(h0)] + [column(row) for row in h]
    D = [np.diag(1 - row ** 2) for row in h]
    grad_h = [None] * T
    grad_h[T - 1] = V.T @ column(dy[T - 1])
    for t in range(T - 2, -1, -1):
        grad_h[t] = W.T @ D[t + 1] @ grad_h[t + 1] + V.T @ column(dy[t])
    total = {
        "dU": sum(D[t] @ grad_h[t] @ column(x[t]).T for t in range(T)),
        "dW": sum(D[t] @ grad_h[t] @ states[t].T for t in range(T)),
        "dV": sum(column(dy[t]) @ states[t + 1].T for t in range(T)),
        "db": sum(D[t] @ grad_h[t] for t in range(T)).ravel(),
        "dc": sum(column(dy[t]) for t in range(T)).ravel(),
        "dx": np.hstack([U.T @ D[t] @ grad_h[t] for t in range(T)]).T,
        "dh0": (W.T @ D[0] @ grad_h[0]).ravel(),
    }
    return total


def mse_last_step(x, y_true, h0, U, W, V, b, c):
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    T = x.shape[0]
    residual = 2 * (y[-1] - y_true)
    D = [np.diag(1 - row ** 2) for row in h]
    states = [column(h0)] + [column(row) for row in h]
    g = V.T @ column(residual)
    dU, dW, db = 0.0, 0.0, 0.0
    for t in range(T - 1, -1, -1):
        back = D[t] @ g
        dU = dU + back @ column(x[t]).T
        dW = dW + back @ states[t].T
        db = db + back
        g = W.T @ back
    grads = {"dU": dU, "dW": dW, "dV": column(residual) @ states[T].T, "db": db.ravel(), "dc": residual}
    return (y[-1] - y_true) ** 2, grads
