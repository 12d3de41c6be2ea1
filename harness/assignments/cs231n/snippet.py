"""How a pasted program calls this assignment's functions."""

from harness.assignments.vanilla_snippet import CALLS, NEEDS, SUPPLIED, arguments, result

__all__ = ["CALLS", "NEEDS", "SUPPLIED", "arguments", "result"]
