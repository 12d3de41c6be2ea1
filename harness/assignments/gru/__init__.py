"""gru: gated recurrent units in numpy, one step and a sequence, forward and backward."""
