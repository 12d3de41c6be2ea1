"""The model solution of cs231n, and the catalogue of mistakes made from it."""
