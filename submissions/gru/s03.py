import numpy as np


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    """x: (N, D), prev_h: (N, H)  ->  next_h: (N, H), cache"""
    next_h, cache = None, None
    # TODO: gates r, z, candidate n, new state
    return next_h, cache


def gru_step_backward(dnext_h, cache):
    dx, dprev_h, dWx, dWh, dbx, dbh = None, None, None, None, None, None
    # TODO
    return dx, dprev_h, dWx, dWh, dbx, dbh


def gru_forward(x, h0, Wx, Wh, bx, bh):
    # TODO
    raise NotImplementedError


def gru_backward(dh, cache):
    pass
