"""Input and state side by side, times the two weight matrices stacked; the gradients cut apart at the end."""
import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    both = np.hstack((x, prev_h))
    W = np.vstack((Wx, Wh))
    next_h = np.tanh(np.dot(both, W) + b)
    return next_h, (both, W, next_h, x.shape[1])


def rnn_step_backward(dnext_h, cache):
    both, W, next_h, D = cache
    da = dnext_h - dnext_h * next_h ** 2
    dboth = np.dot(da, W.T)
    dW = np.dot(both.T, da)
    return dboth[:, :D], dboth[:, D:], dW[:D], dW[D:], np.dot(np.ones(len(da)), da)


def rnn_forward(x, h0, Wx, Wh, b):
    W = np.concatenate([Wx, Wh, b[None]], axis=0)
    rows, h = [], h0
    for t in range(x.shape[1]):
        rows.append(np.concatenate([x[:, t], h, np.ones((len(h0), 1))], axis=1))
        h = np.tanh(rows[-1].dot(W))
        rows[-1] = (rows[-1], h)
    return np.stack([h for _, h in rows], 1), (rows, W, x.shape[2])


def rnn_backward(dh, cache):
    rows, W, D = cache
    dW, carry, dx = 0, 0, []
    for (row, h), upstream in zip(rows[::-1], np.swapaxes(dh, 0, 1)[::-1]):
        da = (upstream + carry) * (1 - np.square(h))
        dW = dW + row.T.dot(da)
        drow = da.dot(W.T)
        dx, carry = [drow[:, :D]] + dx, drow[:, D:-1]
    return np.stack(dx, 1), carry, dW[:D], dW[D:-1], dW[-1]
