"""The sequence has loops of its own: the inputs' part of all steps is one product, and so are all weight gradients."""

import numpy as np


def _logistic(a):
    return 0.5 + 0.5 * np.tanh(a / 2)


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    h, cache = gru_forward(x[:, None, :], prev_h, Wx, Wh, bx, bh)
    return h[:, 0], cache


def gru_step_backward(dnext_h, cache):
    dx, *rest = gru_backward(dnext_h[:, None, :], cache)
    return (dx[:, 0], *rest)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    N, T, _ = x.shape
    H = len(bx) // 3
    given = x @ Wx + bx
    h = np.empty((N, T + 1, H))
    r, z, n, u = (np.empty((N, T, H)) for _ in range(4))
    h[:, 0] = h0
    for t in range(T):
        past = h[:, t] @ Wh + bh
        r[:, t], z[:, t] = _logistic(given[:, t, :H] + past[:, :H]), _logistic(given[:, t, H:-H] + past[:, H:-H])
        u[:, t] = past[:, -H:]
        n[:, t] = np.tanh(given[:, t, -H:] + r[:, t] * u[:, t])
        h[:, t + 1] = n[:, t] - z[:, t] * n[:, t] + z[:, t] * h[:, t]
    return h[:, 1:].copy(), (x, Wx, Wh, h, r, z, n, u)


def gru_backward(dh, cache):
    x, Wx, Wh, h, r, z, n, u = cache
    N, T, H = dh.shape
    slopes_r, slopes_z, slopes_n = r * (1 - r), z * (1 - z), 1 - n**2
    given, past = np.empty((N, T, 3 * H)), np.empty((N, T, 3 * H))
    carry = np.zeros((N, H))
    for t in reversed(range(T)):
        g = dh[:, t] + carry
        candidate = g * (1 - z[:, t]) * slopes_n[:, t]
        given[:, t, :H] = candidate * u[:, t] * slopes_r[:, t]
        given[:, t, H:-H] = g * (h[:, t] - n[:, t]) * slopes_z[:, t]
        given[:, t, -H:] = candidate
        past[:, t, :-H], past[:, t, -H:] = given[:, t, :-H], candidate * r[:, t]
        carry = g * z[:, t] + past[:, t] @ Wh.T
    flat_given, flat_past = given.reshape(-1, 3 * H), past.reshape(-1, 3 * H)
    dWx = x.reshape(N * T, -1).T @ flat_given
    dWh = h[:, :-1].reshape(N * T, H).T @ flat_past
    return given @ Wx.T, carry, dWx, dWh, flat_given.sum(0), flat_past.sum(0)
