import numpy as np

from cs231n.layers import *
from cs231n.rnn_layers import *


class CaptioningRNN(object):
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type='rnn', dtype=np.float32):
        self.cell_type = cell_type
        self.params = {}
        self._null = word_to_idx['<NULL>']

    def loss(self, features, captions):
        loss, grads = None, None
        # TODO: forward and backward pass
        return loss, grads

    def sample(self, features, max_length=30):
        captions = None
        # TODO
        return captions
