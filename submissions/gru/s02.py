import numpy as np

# everything for one gate in one place: (input part, state part) of r, z, n


def split(Wx, Wh, bx, bh):
    H = Wh.shape[0]
    gate = lambda k: slice(k * H, (k + 1) * H)
    return [(Wx[:, gate(k)], Wh[:, gate(k)], bx[gate(k)], bh[gate(k)]) for k in range(3)]


def sigma(v):
    return .5 * np.tanh(.5 * v) + .5


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    (Wr, Ur, br, cr), (Wz, Uz, bz, cz), (Wn, Un, bn, cn) = split(Wx, Wh, bx, bh)
    r = sigma(x @ Wr + br + prev_h @ Ur + cr)
    z = sigma(x @ Wz + bz + prev_h @ Uz + cz)
    q = prev_h @ Un + cn
    n = np.tanh(x @ Wn + bn + r * q)
    print("step done")
    return n + z * (prev_h - n), dict(x=x, h=prev_h, r=r, z=z, q=q, n=n, w=(Wx, Wh, bx, bh))


def gru_step_backward(dnext_h, cache):
    (Wr, Ur, _, _), (Wz, Uz, _, _), (Wn, Un, _, _) = split(*cache["w"])
    x, h, r, z, q, n = (cache[k] for k in "xhrzqn")
    gn = dnext_h * (1 - z) * (1 - n * n)
    gq = gn * r
    gr = gn * q * r * (1 - r)
    gz = dnext_h * (h - n) * z * (1 - z)
    dx = gr @ Wr.T + gz @ Wz.T + gn @ Wn.T
    dprev_h = gr @ Ur.T + gz @ Uz.T + gq @ Un.T + z * dnext_h
    dWx = np.concatenate((x.T @ gr, x.T @ gz, x.T @ gn), axis=1)
    dWh = np.concatenate((h.T @ gr, h.T @ gz, h.T @ gq), axis=1)
    ones = np.ones(len(x))
    return dx, dprev_h, dWx, dWh, ones @ np.hstack((gr, gz, gn)), ones @ np.hstack((gr, gz, gq))


def gru_forward(x, h0, Wx, Wh, bx, bh):
    hs, caches = [h0], []
    for t in range(x.shape[1]):
        h, c = gru_step_forward(x[:, t], hs[-1], Wx, Wh, bx, bh)
        hs.append(h)
        caches.append(c)
    return np.stack(hs[1:], axis=1), caches


def gru_backward(dh, cache):
    dx, total, g = [], None, 0
    for t in range(len(cache) - 1, -1, -1):
        one, g, *ws = gru_step_backward(dh[:, t] + g, cache[t])
        dx = [one] + dx
        total = ws if total is None else [a + b for a, b in zip(total, ws)]
    return (np.stack(dx, axis=1), g, *total)
