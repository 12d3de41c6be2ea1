"""cs187: a ReLU RNN by hand, and bigram models as RNNs, in torch."""
