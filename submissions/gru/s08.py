import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step_forward(x, prev_h, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    r, z = sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H])
    n = np.tanh(x @ Wx[:, 2 * H:] + r * (prev_h @ Wh[:, 2 * H:]) + b[2 * H:])
    return (1 - z) * n + z * prev_h, (x, prev_h, Wx, Wh, r, z, n)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    h = []
    for t in range(x.shape[1]):
        a, b = x[:, t] @ Wx + bx, h0 @ Wh + bh
        (ar, az, an), (br, bz, bn) = np.split(a, 3, axis=1), np.split(b, 3, axis=1)
        z = sigmoid(az + bz)
        h0 = (1 - z) * np.tanh(an + sigmoid(ar + br) * bn) + z * h0
        h.append(h0)
    return np.stack(h, axis=1), None
