"""The model solution of quiz10, and the catalogue of mistakes made from it."""
