"""Model solution of lab 9, in plain numpy: a regression RNN, one sequence at a time.

Written so that it also runs on arrays that carry an error bound: no buffer is made but from its inputs. Numbers in
comments are the handout's equations.
"""

import numpy as np


def rnn_forward(x, h0, U, W, V, b, c):
    """x (T,n_in), h0 (n_h,) -> y (T,n_out), h (T,n_h): the outputs, and the states after each step."""
    T = len(x)
    states, outputs, state = [], [], h0
    for t in range(T):
        state = np.tanh(W @ state + U @ x[t] + b)  # 1
        states.append(state)
        outputs.append(V @ state + c)  # 2
    y, h = np.stack(outputs), np.stack(states)
    return y, h


def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    """dy (T,n_out), h (T,n_h) -> dict of the gradients dU dW dV db dc dx dh0, each in the shape of its variable."""
    T = len(x)
    dU, dW, dV, db, dc = (np.zeros_like(p) for p in (U, W, V, b, c))
    dx, carry = np.zeros_like(x), np.zeros_like(h0)
    for t in reversed(range(T)):
        prev = h[t - 1] if t > 0 else h0
        dh = V.T @ dy[t] + carry  # 4, 5
        da = (1 - h[t] ** 2) * dh
        dc = dc + dy[t]  # 6
        db = db + da  # 7
        dV = dV + dy[t][:, None] * h[t]  # 8
        dW = dW + da[:, None] * prev  # 9
        dU = dU + da[:, None] * x[t]  # 10
        dx[t] = U.T @ da
        carry = W.T @ da
    dh0 = carry
    return {"dU": dU, "dW": dW, "dV": dV, "db": db, "dc": dc, "dx": dx, "dh0": dh0}


def mse_last_step(x, y_true, h0, U, W, V, b, c):
    """The square error of the last output, and the dict of its gradients dU dW dV db dc dx dh0; n_out is 1."""
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    T = len(x)
    error = y[-1] - y_true
    loss = np.sum(error ** 2)
    slope = 2 * error
    gV = slope[:, None] * h[-1]  # 33
    gc = slope  # 32
    gU, gW, gb, gx = np.zeros_like(U), np.zeros_like(W), np.zeros_like(b), np.zeros_like(x)
    gh = V.T @ slope  # 30
    for t in reversed(range(T)):
        before = h[t - 1] if t > 0 else h0
        ga = (1 - h[t] ** 2) * gh
        gb = gb + ga
        gW = gW + ga[:, None] * before
        gU = gU + ga[:, None] * x[t]
        gx[t] = U.T @ ga
        gh = W.T @ ga  # 31
    return loss, {"dU": gU, "dW": gW, "dV": gV, "db": gb, "dc": gc, "dx": gx, "dh0": gh}
