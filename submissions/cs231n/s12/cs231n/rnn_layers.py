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
