"""The GRU assignment's model solution, and the mistakes made from it."""
