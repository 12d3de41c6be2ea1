"""quiz10: vanilla RNN forward and backward in torch."""
