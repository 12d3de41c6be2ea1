"""cs231n: the vanilla RNN layers in numpy."""
