"""How a pasted program calls this assignment's functions."""

from harness.assignments.vanilla_snippet import CALLS, FIXED_CACHE, NEEDS, SUPPLIED, arguments, result

__all__ = ["CALLS", "FIXED_CACHE", "NEEDS", "SUPPLIED", "arguments", "result"]
