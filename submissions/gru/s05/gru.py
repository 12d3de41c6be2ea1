import numpy as np

from gates import logistic, three


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    (xr, xz, xn), (hr, hz, hn) = three(x @ Wx + bx), three(prev_h @ Wh + bh)
    r, z = logistic(xr + hr), logistic(xz + hz)
    n = np.tanh(xn + r * hn)
    return (1 - z) * n + z * prev_h, (x, prev_h, Wx, Wh, r, z, n, hn)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, r, z, n, hn = cache
    dn = dnext_h * (1 - z) * (1 - n ** 2)
    dr, dz = dn * hn * r * (1 - r), dnext_h * (prev_h - n) * z * (1 - z)
    inward, along = np.hstack([dr, dz, dn]), np.hstack([dr, dz, dn * r])
    dprev_h = along @ Wh.T
    dprev_h += dnext_h * z
    return inward @ Wx.T, dprev_h, x.T @ inward, prev_h.T @ along, inward.sum(axis=0), along.sum(axis=0)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    h, cache, t = np.zeros((*x.shape[:2], h0.shape[1])), [], 0
    while t < x.shape[1]:
        h0, c = gru_step_forward(x[:, t], h0, Wx, Wh, bx, bh)
        h[:, t] = h0
        cache.append(c)
    return h, cache


def gru_backward(dh, cache):
    dx, carry, sums = [], 0, (0, 0, 0, 0)
    for t in reversed(range(dh.shape[1])):
        dx_t, carry, *step = gru_step_backward(dh[:, t] + carry, cache[t])
        dx.append(dx_t)
        sums = tuple(s + g for s, g in zip(sums, step))
    return (np.stack(dx[::-1], axis=1), carry) + sums
