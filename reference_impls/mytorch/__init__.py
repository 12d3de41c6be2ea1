"""The model solution of mytorch, and the catalogue of mistakes made from it."""
