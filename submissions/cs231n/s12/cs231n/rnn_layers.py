from builtins import range
import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """
    A single timestep with a tanh.

    Arguments: x (N, D), prev_h (N, H), Wx (D, H), Wh (H, H), b (H,)
    Gives back: next_h (N, H) and a cache
    """
    next_h, cache = None, None
    # ------------------------------------------------------------------
    # TODO: your code for one step
    # ------------------------------------------------------------------
    raise NotImplementedError
    # ------------------------------------------------------------------
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """
    Gradients of a single timestep.

    Arguments: dnext_h (N, H), cache
    Gives back: dx, dprev_h, dWx, dWh, db
    """
    dx, dprev_h, dWx, dWh, db = None, None, None, None, None
    # ------------------------------------------------------------------
    # TODO: your code for the gradients of one step
    # ------------------------------------------------------------------
    pass
    # ------------------------------------------------------------------
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """
    The whole sequence.

    Arguments: x (N, T, D), h0 (N, H) and the weights
    Gives back: h (N, T, H) and a cache
    """
    h, cache = None, None
    # ------------------------------------------------------------------
    # TODO: your code for the sequence
    # ------------------------------------------------------------------
    pass
    # ------------------------------------------------------------------
    return h, cache


def rnn_backward(dh, cache):
    """
    Gradients of the whole sequence.

    Arguments: dh (N, T, H), cache
    Gives back: dx, dh0, dWx, dWh, db
    """
    dx, dh0, dWx, dWh, db = None, None, None, None, None
    # ------------------------------------------------------------------
    # TODO: your code for the gradients of the sequence
    # ------------------------------------------------------------------
    pass
    # ------------------------------------------------------------------
    return dx, dh0, dWx, dWh, db


def word_embedding_forward(x, W):
    out, cache = None, None
    # TODO: one line with indexing
    return out, cache


def word_embedding_backward(dout, cache):
    dW = None
    # TODO: look up np.add.at
    return dW


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    next_h, next_c, cache = None, None, None
    # TODO
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    dx, dprev_h, dprev_c, dWx, dWh, db = None, None, None, None, None, None
    # TODO
    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_forward(x, h0, Wx, Wh, b):
    h, cache = None, None
    # TODO
    return h, cache


def lstm_backward(dh, cache):
    dx, dh0, dWx, dWh, db = None, None, None, None, None
    # TODO
    return dx, dh0, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    raise NotImplementedError


def temporal_affine_backward(dout, cache):
    raise NotImplementedError


def temporal_softmax_loss(x, y, mask, verbose=False):
    raise NotImplementedError("later")
