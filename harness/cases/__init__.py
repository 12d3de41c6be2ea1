"""Drawn inputs: cases and the arrays they stand for."""
