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


def word_embedding_forward(x, W):
    one_hot = np.eye(W.shape[0], dtype=W.dtype)[x]
    return np.einsum("ntv,vd->ntd", one_hot, W), one_hot


def word_embedding_backward(dout, cache):
    return np.einsum("ntv,ntd->vd", cache, dout)


def _gates(x, prev_h, Wx, Wh, b):
    N, H = prev_h.shape
    a = np.einsum("nd,dgh->ngh", x, Wx.reshape(-1, 4, H)) + np.einsum("nk,kgh->ngh", prev_h, Wh.reshape(H, 4, H))
    a = a + b.reshape(1, 4, H)
    sigmoids = (1 + np.tanh(a[:, :3] / 2)) / 2
    return sigmoids[:, 0], sigmoids[:, 1], sigmoids[:, 2], np.tanh(a[:, 3])


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = _gates(x, prev_h, Wx, Wh, b)
    next_c = np.einsum("nh,nh->nh", f, prev_c) + np.einsum("nh,nh->nh", i, g)
    next_h = np.einsum("nh,nh->nh", o, np.tanh(next_c))
    names = ("x", "prev_h", "prev_c", "Wx", "Wh", "i", "f", "o", "g", "y")
    values = (x, prev_h, prev_c, Wx, Wh, i, f, o, g, np.tanh(next_c))
    return next_h, next_c, dict(zip(names, values))


def lstm_step_backward(dnext_h, dnext_c, cache):
    i, f, o, g, y = (cache[name] for name in "ifogy")
    H = y.shape[1]
    dc = dnext_c + np.einsum("nh,nh,nh->nh", dnext_h, o, 1 - y * y)
    da = np.stack(
        [
            np.einsum("nh,nh,nh,nh->nh", dc, g, i, 1 - i),
            np.einsum("nh,nh,nh,nh->nh", dc, cache["prev_c"], f, 1 - f),
            np.einsum("nh,nh,nh,nh->nh", dnext_h, y, o, 1 - o),
            np.einsum("nh,nh,nh->nh", dc, i, 1 - g * g),
        ],
        axis=1,
    )
    dx = np.einsum("ngh,dgh->nd", da, cache["Wx"].reshape(-1, 4, H))
    dprev_h = np.einsum("ngh,kgh->nk", da, cache["Wh"].reshape(H, 4, H))
    dWx = np.einsum("nd,ngh->dgh", cache["x"], da).reshape(-1, 4 * H)
    dWh = np.einsum("nk,ngh->kgh", cache["prev_h"], da).reshape(H, 4 * H)
    return dx, dprev_h, dc * f, dWx, dWh, np.einsum("ngh->gh", da).reshape(-1)


def lstm_forward(x, h0, Wx, Wh, b):
    c, caches = 0 * h0, {}
    h = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    for t in range(x.shape[1]):
        h0, c, caches[t] = lstm_step_forward(x[:, t], h0, c, Wx, Wh, b)
        h[:, t] = h0
    return h, caches


def lstm_backward(dh, cache):
    T = dh.shape[1]
    dh0, dc = np.zeros(dh[:, 0].shape), np.zeros(dh[:, 0].shape)
    dx, weights = {}, {}
    for t in range(T)[::-1]:
        dx[t], dh0, dc, *weights[t] = lstm_step_backward(dh[:, t] + dh0, dc, cache[t])
    dWx, dWh, db = (sum(weights[t][k] for t in range(T)) for k in range(3))
    return np.stack([dx[t] for t in range(T)], axis=1), dh0, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    return np.einsum("ntd,dm->ntm", x, w) + b, {"x": x, "w": w}


def temporal_affine_backward(dout, cache):
    dx = np.einsum("ntm,dm->ntd", dout, cache["w"])
    return dx, np.einsum("ntd,ntm->dm", cache["x"], dout), np.einsum("ntm->m", dout)


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    one_hot = np.eye(V)[y]
    e = np.exp(x - np.amax(x, axis=-1)[..., None])
    p = np.einsum("ntv,nt->ntv", e, 1 / np.einsum("ntv->nt", e))
    right = np.einsum("ntv,ntv->nt", p, one_hot)
    loss = -np.einsum("nt,nt->", np.log(right), mask.astype(float)) / N
    return loss, np.einsum("ntv,nt->ntv", p - one_hot, mask / N)


class CaptioningRNN:
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        self.cell_type, self.dtype = cell_type, dtype
        self._null, self._start = word_to_idx["<NULL>"], word_to_idx.get("<START>", None)
        V, G = len(word_to_idx), {"lstm": 4, "rnn": 1}[cell_type] * hidden_dim
        sizes = {"W_embed": (V, wordvec_dim), "W_proj": (input_dim, hidden_dim), "b_proj": (hidden_dim,)}
        sizes.update({"Wx": (wordvec_dim, G), "Wh": (hidden_dim, G), "b": (G,)})
        sizes.update({"W_vocab": (hidden_dim, V), "b_vocab": (V,)})
        self.params = {k: (np.random.randn(*s) / np.sqrt(s[0])).astype(dtype) for k, s in sizes.items()}

    def loss(self, features, captions):
        W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab = (
            self.params[k] for k in ("W_proj", "b_proj", "W_embed", "Wx", "Wh", "b", "W_vocab", "b_vocab")
        )
        forward, backward = globals()[self.cell_type + "_forward"], globals()[self.cell_type + "_backward"]
        target = captions[:, 1:]
        vectors, embedding = word_embedding_forward(captions[:, :-1], W_embed)
        h, recurrent = forward(vectors, np.einsum("nd,dh->nh", features, W_proj) + b_proj, Wx, Wh, b)
        scores, affine = temporal_affine_forward(h, W_vocab, b_vocab)
        loss, dscores = temporal_softmax_loss(scores, target, target != self._null)
        grads = {}
        dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, affine)
        dx, dh0, grads["Wx"], grads["Wh"], grads["b"] = backward(dh, recurrent)
        grads["W_embed"] = word_embedding_backward(dx, embedding)
        grads["W_proj"], grads["b_proj"] = np.einsum("nd,nh->dh", features, dh0), np.einsum("nh->h", dh0)
        return loss, grads

    def sample(self, features, max_length=30):
        p = self.params
        h = np.einsum("nd,dh->nh", features, p["W_proj"]) + p["b_proj"]
        c = np.zeros_like(h)
        captions = np.full((features.shape[0], max_length + 1), self._start, dtype=np.int32)
        for t in range(max_length):
            x = p["W_embed"][captions[:, t]]
            if self.cell_type == "lstm":
                h, c, _ = lstm_step_forward(x, h, c, p["Wx"], p["Wh"], p["b"])
            else:
                h, _ = rnn_step_forward(x, h, p["Wx"], p["Wh"], p["b"])
            captions[:, t + 1] = (np.einsum("nh,hv->nv", h, p["W_vocab"]) + p["b_vocab"]).argmax(1)
        return captions[:, 1:]
