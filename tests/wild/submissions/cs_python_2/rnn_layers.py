import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    print x.shape
    return np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b), (x, prev_h, Wx, Wh)
