import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One tanh step. Returns next_h of shape (N, H) and the cache."""
    next_h, cache = None, None
    ########################################################################
    # TODO: compute next_h, fill the cache                                 #
    ########################################################################
    pass
    ########################################################################
    #                            end of your code                          #
    ########################################################################
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """Back through one step. Returns dx, dprev_h, dWx, dWh, db."""
    dx, dprev_h, dWx, dWh, db = None, None, None, None, None
    ########################################################################
    # TODO: the five gradients of one step                                 #
    ########################################################################
    pass
    ########################################################################
    #                            end of your code                          #
    ########################################################################
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """All T steps. Returns h of shape (N, T, H) and the list of caches."""
    h, cache = None, None
    ########################################################################
    # TODO: call rnn_step_forward T times                                  #
    ########################################################################
    pass
    ########################################################################
    #                            end of your code                          #
    ########################################################################
    return h, cache


def rnn_backward(dh, cache):
    """Back through all T steps. Returns dx, dh0, dWx, dWh, db."""
    dx, dh0, dWx, dWh, db = None, None, None, None, None
    ########################################################################
    # TODO: call rnn_step_backward T times, last step first                #
    ########################################################################
    pass
    ########################################################################
    #                            end of your code                          #
    ########################################################################
    return dx, dh0, dWx, dWh, db
