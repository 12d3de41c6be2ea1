import numpy as np
import matplotlib.pyplot as plt


# nothing but the inputs goes into the cache, backward computes the rest again


def preactivation(x, h, Wx, Wh, b):
    return x @ Wx + h @ Wh + b


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    return np.tanh(preactivation(x, prev_h, Wx, Wh, b)), (x, prev_h, Wx, Wh, b)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, b = cache
    with np.errstate(over="ignore"):
        slope = np.cosh(preactivation(*cache)) ** -2.0
    dz = dnext_h * slope
    dx = (Wx @ dz.T).T
    dprev_h = (Wh @ dz.T).T
    dWx = (dz.T @ x).T
    dWh = (dz.T @ prev_h).T
    return dx, dprev_h, dWx, dWh, dz.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.concatenate([h0[:, None], np.zeros((N, T, h0.shape[1]))], axis=1)
    for t in range(T):
        h[:, t + 1] = np.tanh(preactivation(x[:, t], h[:, t], Wx, Wh, b))
    return h[:, 1:], (x, h, Wx, Wh, b)


def rnn_backward(dh, cache):
    x, h, Wx, Wh, b = cache
    T = x.shape[1]
    dx = np.zeros_like(x)
    grads = [np.zeros_like(w) for w in (Wx, Wh, b)]
    for t in range(T - 1, -1, -1):
        out = rnn_step_backward(dh[:, t], (x[:, t], h[:, t], Wx, Wh, b))
        dx[:, t] = out[0]
        if t == 0:
            dh0 = out[1]
        else:
            dh[:, t - 1] += out[1]
        for total, g in zip(grads, out[2:]):
            total += g
    return (dx, dh0, *grads)


def show_losses(losses):
    plt.plot(losses)
    plt.xlabel("iteration")
    plt.show()
