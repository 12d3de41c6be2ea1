import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    H = prev_h.shape[1]
    a = x.dot(Wx) + bx
    b = prev_h.dot(Wh) + bh
    r = sigmoid(a[:, :H] + b[:, :H])
    z = sigmoid(a[:, H:2*H] + b[:, H:2*H])
    n = np.tanh(a[:, 2*H:] + r * b[:, 2*H:])
    next_h = (1 - z) * n + z * prev_h
    cache = (x, prev_h, Wx, Wh, r, z, n, b[:, 2*H:])
    return next_h, cache


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, r, z, n, m = cache
    dn = dnext_h * (1 - z) * (1 - n**2)
    dz = dnext_h * (prev_h - n) * z * (1 - z)
    dr = dn * m * r * (1 - r)
    da = np.hstack((dr, dz, dn))
    db = np.hstack((dr, dz, dn * r))
    dx = da.dot(Wx.T)
    dprev_h = db.dot(Wh.T)
    return dx, dprev_h, x.T.dot(da), prev_h.T.dot(db), da.sum(0), db.sum(0)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache = []
    prev_h = h0
    for t in range(T):
        prev_h, c = gru_step_forward(x[:, t], prev_h, Wx, Wh, bx, bh)
        h[:, t] = prev_h
        cache.append(c)
    return h, cache


def gru_backward(dh, cache):
    N, T, H = dh.shape
    x, _, Wx, Wh = cache[0][:4]
    dx = np.zeros((N, T, x.shape[1]))
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dbx, dbh = np.zeros(3 * H), np.zeros(3 * H)
    dprev_h = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dx[:, t], dprev_h, a, b, c, d = gru_step_backward(dh[:, t] + dprev_h, cache[t])
        dWx += a
        dWh += b
        dbx += c
        dbh += d
    return dx, dprev_h, dWx, dWh, dbx, dbh
