"""Vanilla RNN. Caches are dicts because I kept mixing up tuple positions."""
import numpy as np

__all__ = ["rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward"]
__all__ += ["word_embedding_forward", "word_embedding_backward", "temporal_affine_forward"]
__all__ += ["temporal_affine_backward", "temporal_softmax_loss"]
__all__ += ["lstm_step_forward", "lstm_step_backward", "lstm_forward", "lstm_backward"]


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


def word_embedding_forward(x, W):
    return W[x], dict(x=x, V=W.shape[0])


def word_embedding_backward(dout, cache):
    onehot = np.equal.outer(cache["x"], np.arange(cache["V"])).astype(dout.dtype)
    return np.einsum("ntv,ntd->vd", onehot, dout)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = np.einsum("nd,dg->ng", x, Wx) + np.einsum("nh,hg->ng", prev_h, Wh) + b
    i, f, o = np.split(0.5 * np.tanh(0.5 * a[:, : 3 * prev_h.shape[1]]) + 0.5, 3, axis=1)
    g = np.tanh(a[:, 3 * prev_h.shape[1] :])
    c = f * prev_c + i * g
    return o * np.tanh(c), c, dict(x=x, h=prev_h, c0=prev_c, c=c, i=i, f=f, o=o, g=g, Wx=Wx, Wh=Wh)


def lstm_step_backward(dnext_h, dnext_c, cache):
    i, f, o, g, t = cache["i"], cache["f"], cache["o"], cache["g"], np.tanh(cache["c"])
    dc = dnext_c + np.einsum("nh,nh,nh->nh", dnext_h, o, 1 - t * t)
    da = np.concatenate(
        [dc * g * i * (1 - i), dc * cache["c0"] * f * (1 - f), dnext_h * t * o * (1 - o), dc * i * (1 - g * g)], axis=1
    )
    return (
        np.einsum("ng,dg->nd", da, cache["Wx"]),
        np.einsum("ng,hg->nh", da, cache["Wh"]),
        dc * f,
        np.einsum("nd,ng->dg", cache["x"], da),
        np.einsum("nh,ng->hg", cache["h"], da),
        np.einsum("ng->g", da),
    )


def lstm_forward(x, h0, Wx, Wh, b):
    hs, c, cache = [], 0 * h0, {}
    for t in range(x.shape[1]):
        h0, c, cache[t] = lstm_step_forward(x[:, t], h0, c, Wx, Wh, b)
        hs.append(h0)
    return np.array(hs).swapaxes(0, 1), cache


def lstm_backward(dh, cache):
    T = dh.shape[1]
    dprev_h = dprev_c = 0 * dh[:, 0]
    got = {}
    for t in reversed(range(T)):
        got[t] = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, cache[t])
        dprev_h, dprev_c = got[t][1:3]
    return (np.stack([got[t][0] for t in range(T)], axis=1), dprev_h, *(sum(got[t][k] for t in got) for k in (3, 4, 5)))


def temporal_affine_forward(x, w, b):
    return np.einsum("ntd,dm->ntm", x, w) + b, dict(x=x, w=w)


def temporal_affine_backward(dout, cache):
    dw = np.einsum("ntd,ntm->dm", cache["x"], dout)
    return np.einsum("ntm,dm->ntd", dout, cache["w"]), dw, np.einsum("ntm->m", dout)


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    onehot = np.eye(V)[y]
    logits = x - x.max(-1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    m = mask.astype(x.dtype) / N
    return -np.einsum("nt,ntv,ntv->", m, onehot, logp), np.einsum("nt,ntv->ntv", m, np.exp(logp) - onehot)
