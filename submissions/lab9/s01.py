"""Lab 9. I followed the derivation of the solution, equations 12 to 35."""
import numpy as np


def rnn_forward(x, h0, U, W, V, b, c):
    tau = x.shape[0]
    h = np.zeros((tau, W.shape[0]))
    y = np.zeros((tau, V.shape[0]))
    h_prev = h0
    for t in range(tau):
        h[t] = np.tanh(W @ h_prev + U @ x[t] + b)
        y[t] = V @ h[t] + c
        h_prev = h[t]
    return y, h


def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    tau = x.shape[0]
    h_ext = np.vstack([h0, h])          # h_ext[t] is the state before step t
    grad_h = np.zeros((tau + 1, W.shape[0]))
    grad_h[tau] = V.T @ dy[tau - 1]
    for t in range(tau - 1, 0, -1):
        # equation 15
        grad_h[t] = V.T @ dy[t - 1] + W.T @ np.diag(1 - h_ext[t] ** 2) @ grad_h[t + 1]
    grad_h[0] = W.T @ np.diag(1 - h_ext[0] ** 2) @ grad_h[1]
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    db, dc, dx = np.zeros_like(b), np.zeros_like(c), np.zeros_like(x)
    for t in range(1, tau + 1):
        back = (1 - h_ext[t] ** 2) * grad_h[t]
        dc += dy[t - 1]
        db += back
        dV += np.outer(dy[t - 1], h_ext[t])
        dW += np.outer(back, h_ext[t - 1])
        dU += np.outer(back, x[t - 1])
        dx[t - 1] = U.T @ back
    return {"dU": dU, "dW": dW, "dV": dV, "db": db, "dc": dc, "dx": dx, "dh0": grad_h[0]}


def mse_last_step(x, y_true, h0, U, W, V, b, c):
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    dy = np.zeros_like(y)
    dy[-1] = 2 * (y[-1] - y_true)
    grads = rnn_backward(dy, x, h, h0, U, W, V, b, c)
    return (y[-1] - y_true) ** 2, grads
