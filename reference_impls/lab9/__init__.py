"""The model solution of lab9, and the catalogue of mistakes made from it."""
