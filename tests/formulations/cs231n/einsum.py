"""Every product spelt out with einsum; dict caches; pre-activation gradients kept, then contracted at once."""
import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    a = np.einsum("nd,dh->nh", x, Wx) + np.einsum("nk,kh->nh", prev_h, Wh) + b[None, :]
    next_h = np.tanh(a)
    return next_h, {"x": x, "prev_h": prev_h, "Wx": Wx, "Wh": Wh, "next_h": next_h}


def rnn_step_backward(dnext_h, cache):
    da = np.einsum("nh,nh->nh", dnext_h, 1 - cache["next_h"] * cache["next_h"])
    dx = np.einsum("nh,dh->nd", da, cache["Wx"])
    dprev_h = np.einsum("nh,kh->nk", da, cache["Wh"])
    dWx = np.einsum("nd,nh->dh", cache["x"], da)
    dWh = np.einsum("nk,nh->kh", cache["prev_h"], da)
    db = np.einsum("nh->h", da)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    from_x = np.einsum("ntd,dh->tnh", x, Wx)
    states = [h0]
    for part in from_x:
        states.append(np.tanh(part + np.einsum("nk,kh->nh", states[-1], Wh) + b))
    h = np.moveaxis(np.array(states[1:]), 0, 1)
    return h, {"x": x, "before": np.array(states[:-1]), "after": np.array(states[1:]), "Wx": Wx, "Wh": Wh}


def rnn_backward(dh, cache):
    after, Wh = cache["after"], cache["Wh"]
    carry = np.zeros_like(after[0])
    pre = []
    for t in range(len(after) - 1, -1, -1):
        da = (dh[:, t, :] + carry) * (1 - after[t] ** 2)
        carry = np.einsum("nh,kh->nk", da, Wh)
        pre.insert(0, da)
    pre = np.array(pre)
    dx = np.einsum("tnh,dh->ntd", pre, cache["Wx"])
    dWx = np.einsum("ntd,tnh->dh", cache["x"], pre)
    dWh = np.einsum("tnk,tnh->kh", cache["before"], pre)
    return dx, carry, dWx, dWh, pre.sum(axis=(0, 1))
