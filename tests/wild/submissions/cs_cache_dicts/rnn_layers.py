import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(prev_h @ Wh + x @ Wx + b)
    cache = {"x": x, "h": prev_h, "out": next_h, "Wx": Wx, "Wh": Wh}
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    da = dnext_h * (1 - cache["out"] * cache["out"])
    return da @ cache["Wx"].T, da @ cache["Wh"].T, cache["x"].T @ da, cache["h"].T @ da, da.sum(0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = {-1: h0}
    cache = {"size": (N, T, D), "h0": h0}
    for t in range(T):
        h[t], cache[t] = rnn_step_forward(x[:, t], h[t - 1], Wx, Wh, b)
    return np.stack([h[t] for t in range(T)], axis=1), cache


def rnn_backward(dh, cache):
    N, T, D = cache["size"]
    dx = np.zeros((N, T, D))
    grads = [0, 0, 0]
    carry = 0
    for t in range(T)[::-1]:
        dx[:, t], carry, *step = rnn_step_backward(dh[:, t] + carry, cache[t])
        grads = [a + g for a, g in zip(grads, step)]
    return [dx, carry] + grads
