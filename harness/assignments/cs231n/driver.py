"""How the captioning assignment's functions are called; knows no answer."""

from harness.assignments.vanilla_driver import OPERATIONS

__all__ = ["OPERATIONS"]
