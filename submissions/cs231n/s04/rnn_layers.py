"""Vanilla RNN. Caches are dicts because I kept mixing up tuple positions."""
import numpy as np

__all__ = ["rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward"]


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.einsum("ij,jk", x, Wx) + np.einsum("ij,jk", prev_h, Wh) + b)
    return next_h, dict(x=x, prev_h=prev_h, Wx=Wx, Wh=Wh, next_h=next_h)


def rnn_step_backward(dnext_h, cache):
    c = cache
    delta = dnext_h * (1.0 - np.square(c["next_h"]))
    grads = {
        "x": np.einsum("nh,dh->nd", delta, c["Wx"]),
        "prev_h": np.einsum("nh,gh->ng", delta, c["Wh"]),
        "Wx": np.einsum("nd,nh->dh", c["x"], delta),
        "Wh": np.einsum("ng,nh->gh", c["prev_h"], delta),
        "b": np.einsum("nh->h", delta),
    }
    return tuple(grads[k] for k in ("x", "prev_h", "Wx", "Wh", "b"))


def rnn_forward(x, h0, Wx, Wh, b):
    cache = {"size": x.shape, "h0": h0, "x": x, "Wx": Wx, "Wh": Wh, -1: h0}
    for t in range(x.shape[1]):
        cache[t], _ = rnn_step_forward(x[:, t], cache[t - 1], Wx, Wh, b)
    h = np.stack([cache[t] for t in range(x.shape[1])], axis=1)
    return h, cache


def rnn_backward(dh, cache):
    N, T, D = cache["size"]
    x, Wx, Wh = cache["x"], cache["Wx"], cache["Wh"]
    deltas = [None] * T
    dprev = 0.0
    for t in reversed(range(T)):
        deltas[t] = (dh[:, t] + dprev) * (1.0 - np.square(cache[t]))
        dprev = np.einsum("nh,gh->ng", deltas[t], Wh)
    # now that every delta is known the weights are one einsum each
    delta = np.stack(deltas, axis=1)
    prev = np.stack([cache[t - 1] for t in range(T)], axis=1)
    dx = np.einsum("nth,dh->ntd", delta, Wx)
    dWx = np.einsum("ntd,nth->dh", x, delta)
    dWh = np.einsum("ntg,nth->gh", prev, delta)
    return dx, dprev, dWx, dWh, delta.sum(axis=(0, 1))
