"""A new assignment from an instructor's solution: a package with all that can be read of it, and marks for the rest."""
