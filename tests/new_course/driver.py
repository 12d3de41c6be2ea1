"""How the functions are called, as in lab 9."""

from harness.assignments.lab9.driver import OPERATIONS

__all__ = ["OPERATIONS"]
