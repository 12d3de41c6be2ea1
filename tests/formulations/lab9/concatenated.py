"""One wide matrix [W U b] times one tall column [h; x; 1]; gradients are cut out of its gradient at the end."""
import numpy as np


def _tall(state, x_t):
    return np.concatenate([state, x_t, np.ones(1)])


def rnn_forward(x, h0, U, W, V, b, c):
    wide, out = np.hstack([W, U, b[:, None]]), np.hstack([V, c[:, None]])
    state, h, y = h0, [], []
    for x_t in x:
        state = np.tanh(wide @ _tall(state, x_t))
        h.append(state)
        y.append(out @ np.append(state, 1.0))
    return np.stack(y), np.stack(h)


def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    n_h = len(b)
    wide = np.hstack([W, U, b[:, None]])
    d_wide = np.zeros(wide.shape)
    d_out = np.zeros((len(c), n_h + 1))
    dx, d_state = [], np.zeros(n_h)
    for t in range(len(x))[::-1]:
        below = h0 if t == 0 else h[t - 1]
        d_out += np.outer(dy[t], np.append(h[t], 1.0))
        da = (V.T @ dy[t] + d_state) * (1.0 - np.square(h[t]))
        d_wide += np.outer(da, _tall(below, x[t]))
        d_tall = wide.T @ da
        d_state = d_tall[:n_h]
        dx.append(d_tall[n_h:-1])
    return {
        "dW": d_wide[:, :n_h],
        "dU": d_wide[:, n_h:-1],
        "db": d_wide[:, -1],
        "dV": d_out[:, :-1],
        "dc": d_out[:, -1],
        "dx": np.array(dx[::-1]),
        "dh0": d_state,
    }


def mse_last_step(x, y_true, h0, U, W, V, b, c):
    y, h = rnn_forward(x, h0, U, W, V, b, c)
    residual = y[-1, 0] - np.squeeze(y_true)
    dy = np.concatenate([np.zeros((len(x) - 1, 1)), np.full((1, 1), 2 * residual)])
    return residual ** 2, rnn_backward(dy, x, h, h0, U, W, V, b, c)
