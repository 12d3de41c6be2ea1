import numpy as np

print("loading rnn layers ... numpy", np.__version__)

DEBUG = True


def debug(*what):
    if DEBUG:
        print("[debug]", *what)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """Stacks the two inputs and the two matrices so there is only one product."""
    stacked_in = np.hstack((x, prev_h))
    stacked_W = np.vstack((Wx, Wh))
    debug("step forward", stacked_in.shape, stacked_W.shape)
    next_h = np.tanh(stacked_in.dot(stacked_W) + b)
    cache = (stacked_in, stacked_W, next_h, x.shape[1])
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    stacked_in, stacked_W, next_h, D = cache
    da = dnext_h * (1 - next_h ** 2)
    debug("step backward, largest da", np.abs(da).max())
    dstacked_in = da.dot(stacked_W.T)
    dstacked_W = stacked_in.T.dot(da)
    debug(dstacked_in)
    debug(dstacked_W)
    dx, dprev_h = np.split(dstacked_in, [D], axis=1)
    dWx, dWh = np.split(dstacked_W, [D], axis=0)
    return dx, dprev_h, dWx, dWh, np.add.reduce(da, axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    out = []
    stack_of_caches = []
    h = h0
    for t in range(x.shape[1]):
        h, c = rnn_step_forward(x[:, t, :], h, Wx, Wh, b)
        print("t =", t, "h =", h)
        out.append(h)
        stack_of_caches.append(c)
    return np.stack(out, axis=1), stack_of_caches


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    dx, dWx, dWh, db = None, None, None, None
    dprev_h = np.zeros((N, H))
    t = T
    while len(cache) > 0:
        # the last cache pushed is the first one needed
        t = t - 1
        dxt, dprev_h, dWxt, dWht, dbt = rnn_step_backward(dh[:, t, :] + dprev_h, cache.pop())
        if dx is None:
            dx = np.zeros((N, T, dxt.shape[1]))
            dWx, dWh, db = np.zeros_like(dWxt), np.zeros_like(dWht), np.zeros_like(dbt)
        dx[:, t, :] = dxt
        dWx += dWxt
        dWh += dWht
        db += dbt
        print("t =", t, "|dWx| =", np.linalg.norm(dWx), "|dWh| =", np.linalg.norm(dWh))
    print("done!")
    return dx, dprev_h, dWx, dWh, db
